// Package wikipedia reads the most viewed pages of Wikipedias.
//
// The Wikimedia Foundation counts the views of every page and publishes the thousand
// most viewed ones of each day and wiki, some hours after the day has ended (Analytics Query
// Service, pageviews/top). The service is made for programs and wants them to say who
// they are. One request a day and wiki would do; until a day's list is there it is asked
// for once an hour.
//
// Out come gauges of keywords on the platform "wikipedia": the place among the articles, and
// the views of that one day. These are no running count: each day begins at zero, so that
// they are an index, which is shown but not taken for growth.
//
// # Concurrency
//
// A [Source] runs once at a time.
package wikipedia
