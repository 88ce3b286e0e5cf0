// Package peer puts Swell's counting core and what people use in its place behind
// one interface: each contender counts the observations of a stream over a sliding
// window of 72 hours, from one writer or from several, and answers for single
// terms and for the top.
//
// Where there was a choice it was made in the contender's favour. Those that keep
// keys may keep the stream's own strings, as if the parser had allocated them: they
// pay nothing for copying, and only the bytes of the distinct keys are added to
// their memory ([Contender.BorrowsKeys]). Those that keep authors get them as hashes.
package peer
