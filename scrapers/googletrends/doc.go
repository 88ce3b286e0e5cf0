// Package googletrends reads the daily trending searches that Google publishes as RSS.
package googletrends
