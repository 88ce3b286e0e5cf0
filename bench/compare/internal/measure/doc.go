// Package measure runs contenders over streams and says what they cost and how
// right they are.
//
// Times are compared within one run only. Rounds are interleaved: every round runs
// each contender once, in an order that changes from round to round, so that what
// else the machine does falls on all alike. A figure is the median of the rounds,
// and the least beside it.
package measure
