#!/usr/bin/env bash
# rfc3161-client 1.0.9 does not read a time stamp that OpenSSL made, if its certificates are not in DER's order.
#
# The certificates of a CMS message are a set that is not signed, and RFC 5652 lets its encoding be BER. OpenSSL's
# authority (openssl ts -reply, on which public ones run) writes its own certificate and then those above it.
# rfc3161-client demands the order of DER, which is by bytes, so the shorter certificate first: it reads an answer
# with one certificate, and raises InvalidSetOrdering where the authority's is longer than the next one. openssl
# ts -verify takes both. Whoever checks such answers should sort the certificates first: no signature covers their order.
#
# Seen 2026-11-30 with rfc3161-client 1.0.9 and OpenSSL 3.0.19, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check rfc3161-client==1.0.9 cryptography==50.0.2
cd "$room"
openssl version
certify() { # NAME SUBJECT EXTENSIONS [ISSUER]
  printf '%b' "$3" > "$1.ext"
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr"
  if [ $# = 4 ]; then by=(-CA "$4.pem" -CAkey "$4.key" -CAcreateserial); else by=(-signkey "$1.key"); fi
  openssl x509 -req -in "$1.csr" -days 30 -extfile "$1.ext" "${by[@]}" -out "$1.pem" 2>/dev/null
}
above='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n'
below='keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n'
certify root "Root" "$above"
certify office "An issuing authority" "$above" root
certify clock "A clock with a name that is longer than its issuer's by far" "$below" office
echo 01 > serial
printf '[t]\nserial = serial\ndefault_policy = 1.2.3.4\nsigner_digest = sha256\ndigests = sha256\n' > t.cnf
openssl ts -query -digest "$(printf 'ab%.0s' {1..32})" -sha256 -cert -out query.tsq 2>/dev/null
reply=(openssl ts -reply -config t.cnf -section t -queryfile query.tsq -signer clock.pem -inkey clock.key)
"${reply[@]}" -out one.tsr 2>/dev/null
"${reply[@]}" -chain office.pem -out two.tsr 2>/dev/null
for name in one two; do
  said=$(openssl ts -verify -queryfile query.tsq -in $name.tsr -CAfile root.pem -untrusted office.pem 2>/dev/null)
  echo "openssl ts -verify, $name: $said"
done
"$room/venv/bin/python" - <<'PYTHON'
from rfc3161_client import decode_timestamp_response

said = {}
for name in ("one", "two"):
    with open(f"{name}.tsr", "rb") as file:
        data = file.read()
    try:
        said[name] = f"read: {len(decode_timestamp_response(data).signed_data.certificates)} certificates"
    except ValueError as error:
        said[name] = str(error)
    print(f"rfc3161-client, {name}: {said[name]}")
assert said["one"] == "read: 1 certificates"
assert "InvalidSetOrdering" in said["two"]
PYTHON
