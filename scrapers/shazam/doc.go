// Package shazam reads the charts that Shazam publishes as CSV.
package shazam
