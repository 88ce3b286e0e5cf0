// Package googletrends reads the daily trending searches that Google publishes as RSS, by country.
//
// Each search is a gauge of platform "google": the lower bound of how often it was searched ("50K+"),
// and where it stands in the list. The list is not sorted by searches, so that its order is an index,
// no rank. Searches are keywords. Both numbers are shown, and neither is a growth that could be
// tested: the source tells what people search for, and raises nothing by itself.
//
// # Concurrency
//
// Run asks one list at a time: all are of one host.
package googletrends
