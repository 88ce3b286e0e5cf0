// Package contract holds a source to the promises of scrapers.Source: against a fake
// site that works, one that fails in every way of scrapetest, a host that refuses,
// restarts, and a context that ends at any moment.
package contract
