// Exact fractions: no check depends on how a machine rounds.

function greatestDivisor(a, b) {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

class Fraction {
  constructor(above, below = 1n) {
    let n = BigInt(above);
    let d = BigInt(below);
    if (d < 0n) [n, d] = [-n, -d];
    const common = greatestDivisor(n, d) || 1n;
    this.n = n / common;
    this.d = d / common;
  }

  plus(other) {
    return new Fraction(this.n * other.d + other.n * this.d, this.d * other.d);
  }

  minus(other) {
    return new Fraction(this.n * other.d - other.n * this.d, this.d * other.d);
  }

  times(other) {
    return new Fraction(this.n * other.n, this.d * other.d);
  }

  over(other) {
    return new Fraction(this.n * other.d, this.d * other.n);
  }

  compare(other) {
    const left = this.n * other.d;
    const right = other.n * this.d;
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** The largest whole number that is not above it. */
  floor() {
    const whole = this.n / this.d;
    return this.n < 0n && whole * this.d !== this.n ? whole - 1n : whole;
  }

  /** The whole part of it, towards 0. */
  whole() {
    return this.n / this.d;
  }

  ceil() {
    return -new Fraction(-this.n, this.d).floor();
  }

  /** As records write it: always with the bar. */
  get text() {
    return `${this.n}/${this.d}`;
  }

  /** As messages write it: a whole number without the bar. */
  toString() {
    return this.d === 1n ? String(this.n) : this.text;
  }
}

const NUMBER_TEXT =
  /^(?:[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,3})?|[0-9]{1,80}\/[0-9]{1,80})$/;

/** The exact value of a text or a whole number; null if it is none. */
function exactNumber(value) {
  if (typeof value === "number") return new Fraction(value);
  if (typeof value !== "string" || !NUMBER_TEXT.test(value)) return null;
  if (value.includes("/")) {
    const [above, below] = value.split("/");
    return BigInt(below) ? new Fraction(above, below) : null;
  }
  const [, sign, whole, part, power] = /^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?$/.exec(value);
  const digits = BigInt(`${whole}${part}` || "0") * (sign === "-" ? -1n : 1n);
  const places = BigInt(part.length) - BigInt(power || "0");
  return places > 0n ? new Fraction(digits, 10n ** places) : new Fraction(digits * 10n ** -places);
}

/** In decimals, a half rounded up; what is not 0 gets the places that its first digit needs. */
function decimalText(value, places = 1) {
  const half = new Fraction(1n, 2n);
  const scaled = () => value.times(new Fraction(10n ** BigInt(places)));
  while (value.n && scaled().compare(half) < 0) places += 1;
  const found = scaled().plus(half).floor();
  const scale = 10n ** BigInt(places);
  return `${found / scale}.${String(found % scale).padStart(places, "0")}`;
}

const MOST_PLACES = 6;

/** A share as a percentage. */
function percentText(share) {
  const value = share.times(new Fraction(100));
  const all = new Fraction(100);
  if (value.n === 0n || value.compare(all) === 0) return `${value} %`;
  const finest = new Fraction(1n, 10n ** BigInt(MOST_PLACES));
  if (value.compare(finest) < 0) return `under ${decimalText(finest, MOST_PLACES)} %`;
  const away = all.compare(value) < 0 ? value.minus(all) : all.minus(value);
  if (away.compare(finest) < 0) {
    return value.compare(all) < 0 ? `over ${decimalText(all.minus(finest), MOST_PLACES)} %` : "over 100 %";
  }
  const tenth = value.over(new Fraction(10));
  const least = tenth.compare(away) < 0 ? tenth : away;
  let places = 1;
  const one = new Fraction(1);
  while (places < MOST_PLACES && least.times(new Fraction(10n ** BigInt(places))).compare(one) < 0) {
    places += 1;
  }
  return `${decimalText(value, places)} %`;
}
