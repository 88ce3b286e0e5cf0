// Package tiktok reads the numbers on public TikTok pages: hashtags, sounds, Creative Center.
//
// TikTok has no interface for this that is open to everybody, and its terms of service forbid
// reading its pages by program. The source is off, and stays off until whoever runs Swell says that he
// has read them. It then asks as any visitor without an account does, for one page at a time, half a
// minute apart at the least, under Swell's own name and as robots.txt allows. It does not log
// in, signs no requests, and solves no puzzle: where TikTok wants to see a human, nothing is asked for
// two hours, then for four, up to a day, also across restarts.
//
// What comes out are gauges on the platform "tiktok": how many videos a hashtag or sound has so far and
// how often these were viewed (totals, where the page gives them in full; else lower bounds under names
// of their own), and the places in the lists of Creative Center.
//
// TikTok often answers with a page that has no numbers in it, which its scripts would fill in a
// browser. That is no trouble and never a zero: the page is asked for again, three times at most in
// a round. Only where a dozen answers in a row are like that the source says that it does not
// see anything.
//
// # Concurrency
//
// A [Source] runs once at a time.
package tiktok
