// Command quality measures how early Swell finds trends, against published methods at the
// same number of false alarms, and writes the report bench/QUALITY.md:
//
//	make quality
//	go run ./bench/quality -quick
//	go run ./bench/quality -worlds "" -archive posts.ndjson.zst -truth truth.csv
//
// It generates streams with planted trends (package worlds), counts them exactly
// (package trace), plays every detector over the same counts (packages subject and
// rivals) and compares what they say with what was planted (packages ledger and measure).
// Equal arguments give equal bytes.
package main
