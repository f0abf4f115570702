#!/usr/bin/env bash
# chance 1.1.13 draws the same letters for two rounds of a beacon: of a seed of 64 digits it keeps 26 bits.
#
# Its documentation lets a text be the seed and says of two texts that their numbers "will be different". It makes 32
# bits of the text and adds them up once per character, which is 64 times for a drand value in hexadecimal, and its
# generator takes the sum modulo 2^32: the six lowest bits are always 0. So there are 67 million draws, however large
# the register. Of 20,000 rounds, which a beacon with a value every three seconds gives in 17 hours, two draw the same
# twelve of 1,200 letters in the same order. seedrandom draws other letters for them. Who promises that a public value
# decides the draw needs a generator that takes all of the value.
#
# Seen 2026-11-30 with chance 1.1.13, seedrandom 3.0.5 and Node.js 20; SHA-256 of numbers stands in for the beacon.
# Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
cd "$room"
npm install --silent --no-audit --no-fund chance@1.1.13 seedrandom@3.0.5
cat > draw.cjs <<'JAVASCRIPT'
const assert = require('assert');
const { createHash } = require('crypto');
const Chance = require('chance');
const seedrandom = require('seedrandom');

const LETTERS = [...Array(1200).keys()].map((number) => number + 1);
const beacon = (round) => createHash('sha256').update(String(round)).digest('hex');

const rounds = [...Array(20000).keys()].map((number) => number + 1);
const seeds = rounds.map((round) => new Chance(beacon(round)).seed);
const bySeed = new Map();
const twins = [];
rounds.forEach((round, index) => {
  const kept = seeds[index] >>> 0;
  if (bySeed.has(kept)) twins.push([bySeed.get(kept), round]);
  bySeed.set(kept, round);
});
console.log('of', rounds.length, 'rounds these share a seed:', JSON.stringify(twins));
assert(seeds.every((seed) => seed % 64 === 0), 'other seeds now');
assert(twins.length > 0, 'no two rounds share a seed now');

for (const round of twins[0]) {
  const drawn = new Chance(beacon(round)).pickset(LETTERS, 12);
  console.log('round', round, beacon(round).slice(0, 16) + '...', 'chance draws', drawn.join(' '));
}
const [first, second] = twins[0].map((round) => new Chance(beacon(round)).pickset(LETTERS, 12));
assert.deepStrictEqual(first, second);
const others = twins[0].map((round) => seedrandom(beacon(round)));
const [third, fourth] = others.map((next) => [...Array(12)].map(() => 1 + Math.floor(next() * 1200)));
console.log('seedrandom draws', third.join(' '), 'and', fourth.join(' '));
assert.notDeepStrictEqual(third, fourth);
JAVASCRIPT
node draw.cjs
