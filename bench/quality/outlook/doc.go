// Package outlook measures the forecasts of open trends, and makes the table that they are read
// from: engine/detect/forecast_table.go. It plays the detector over streams, notes every open
// trend at the end of every hour and looks up what became of it.
//
//	go test ./bench/quality/outlook -update -v -timeout 60m
//
// makes the table anew from some worlds and tells how good it is on others.
package outlook
