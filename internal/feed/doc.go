// Package feed is what happens, as those see it who follow: a sequence of events in
// which every place has a name.
//
// It owns the order of events, the names of places ([ID]) and the newest events, a
// bounded number of them. Older ones are in the log of detections, which is the
// store's. It does not send anything, filters nothing and knows no format of answers.
//
// # Order
//
// Each view gives an event for each detection that was made with it, in the order of
// the log, and then one for the view itself. A place is told by the newest view and the
// number of detections before it. Both go on from run to run, and a run that counts
// something again numbers it as before: so a place stays one place.
//
// # Pull
//
// Nobody is called. A subscriber takes the [State], which never changes, reads what is
// new in it, and waits for its channel to be closed. What a subscriber has not read yet
// is kept for nobody: one that falls behind the newest events reads on in the log, and
// costs the others nothing.
//
// # Concurrency
//
// [Feed.Push] belongs to one goroutine; [Feed.Settle] and [Feed.Now] may be called by
// any. Readers take no lock: a state is published with one atomic pointer.
package feed
