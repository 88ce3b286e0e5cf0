#!/bin/sh
# Makes the digests in this folder: make.sh SWELL RECORDS FOLDER. Records are those of swell generate --days 10 --seed 1.
# The same program and records give the same bytes.
set -eu
swell=$1 records=$2 folder=$3
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
"$swell" replay "$records" --data "$data" >/dev/null
digest() { "$swell" digest --data "$data" --zone Europe/Berlin "$@"; }
for audience in manager stakeholder researcher; do
	for format in html md txt; do
		digest --date 2026-06-06 --audience "$audience" --out "$folder/digest-$audience.$format"
	done
done
digest --date 2026-06-06 --out "$folder/digest.json"
digest --date 2026-06-10 --audience stakeholder --week --out "$folder/week-stakeholder.html"
digest --date 2026-06-10 --audience stakeholder --week --out "$folder/week-stakeholder.txt"
