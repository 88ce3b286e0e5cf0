// Package crash holds tests alone.
package crash
