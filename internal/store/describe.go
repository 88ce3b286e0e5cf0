package store

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/term"
)

// tableInfo says of a table what people want to know of a key of it.
type tableInfo struct {
	keyLen int    // 0: not all keys of it are equally long
	is     string // what a key of it is
	means  string // what its loss means
}

// tables are those that this version knows.
var tables = map[byte]tableInfo{
	tabFormat:    {1, "the format record", "the store cannot be opened"},
	tabManifest:  {9, "a snapshot's manifest", "that snapshot cannot be gone on from; the next start takes the one before it, and counts again what came since"},
	tabChunk:     {chunkKeyLen, "a chunk of a snapshot", "the snapshots that hold it cannot be gone on from; the next start takes one that is whole, and counts again what came since"},
	tabTerm:      {dictKeyLen, "a term's entry in the dictionary", "the term has no name; reading it fails"},
	tabGauge:     {dictKeyLen, "a gauge's entry", "its readings so far cannot be found; it begins anew with the next one"},
	tabHour:      {6, "the head of an hour", "that hour cannot be read until it is written again"},
	tabPage:      {pageKeyLen, "a page of an hour", "up to 256 series cannot be read for that hour"},
	tabDay:       {6, "the record of a day", "that day cannot be read"},
	tabBlock:     {10, "a block of a day", "up to 256 series cannot be read for that day"},
	tabPresence:  {10, "the list of the series in a day", "what retention may forget is not known: terms and gauges stay"},
	tabDetection: {9, "a line of the detections", "that line and those behind it cannot be listed"},
	tabRanking:   {9, "a ranking", "what was published at that time cannot be shown"},
	tabActivity:  {5, "what happened in an hour, by platform", "when people posted and reacted in that hour is not known"},
	tabIndex:     {0, "what a term is found by", "the term may not be found by what is searched for"},
	tabTracking:  {9, "how a term was counted", "from that pane to the next of the term that is not known"},
	tabFacet:     {0, "terms of a day by a language, region or phase", "they cannot be asked for by it on that day"},
	tabFacetNews: {5, "what a pane added to languages, regions and phases", "that day cannot be asked for by these, unless it is over and packed"},
	tabShelf:     {9, "a small value that sources go on from, a watch list or its words", "a source begins its day's requests and its history of health anew, or a watch list or its words are gone"},
	tabDrawer:    {0, "an item of the drawer", "an alert cannot be shown, a message is not sent, or what was muted is not any more"},
	tabFloor:     {2, "the retention floor", "days that were deleted may be asked for again"},
}

// describeKey names what is stored under a key of a table that is known, with the
// key itself.
func describeKey(key []byte) string {
	info, known := tables[key[0]]
	if !known || wantKeyLen(key) != nil {
		return keyString(key)
	}
	about := ""
	switch key[0] {
	case tabManifest, tabChunk:
		about = fmt.Sprintf(" %d", binary.BigEndian.Uint64(key[1:]))
	case tabIndex:
		about = fmt.Sprintf(" (%s %.80q)", term.Kind(key[2]), key[indexPrefixLen:len(key)-indexTail])
	case tabDrawer:
		about = fmt.Sprintf(" (%.80q)", key[1:])
	case tabTerm, tabGauge:
		about = fmt.Sprintf(" (%016x)", uint64(dictKeyID(key)))
	case tabActivity:
		about = ", " + famCounts.hourName(tail32(key))
	case tabHour:
		about = ", " + family(key[1]).hourName(tail32(key))
	case tabPage:
		hour, _, _ := pageKeyParts(key)
		about = ", " + family(key[1]).hourName(hour)
	case tabDay:
		about = ", " + family(key[1]).dayName(tail32(key))
	case tabBlock, tabPresence:
		about = ", " + family(key[1]).dayName(blockDay(key))
	case tabFacet:
		about = ", " + famCounts.dayName(facetDay(key))
	case tabFacetNews, tabTracking:
		about = ", " + famPanes.hourName(tail32(key))
	case tabDetection:
		about = fmt.Sprintf(", number %d", tail64(key))
	case tabRanking:
		about = ", " + microsName(int64(tail64(key)^1<<63))
	}
	return info.is + about + " (" + keyString(key) + ")"
}

// perHour returns how many of the family's hours are in one of the clock.
func (f family) perHour() int64 {
	if f == famPanes {
		return PanesPerHour
	}
	return 1
}

// hourName returns the beginning of an hour, or of what the family has in its place.
func (f family) hourName(hour uint32) string {
	return time.Unix(int64(hour)*3600/f.perHour(), 0).UTC().Format("2006-01-02 15:04 UTC")
}

// dayName returns the day, or from when on the 24 panes are that the family has in
// its place.
func (f family) dayName(day uint32) string {
	if f == famPanes {
		return f.hourName(day * 24)
	}
	return time.Unix(int64(day)*86400, 0).UTC().Format("2006-01-02")
}

func microsName(µs int64) string { return time.UnixMicro(µs).UTC().Format("2006-01-02 15:04 UTC") }

// means says what may be missing.
func (l *loss) means() string {
	var gone []string
	for _, table := range tableOrder {
		if l.touchesTable(table) {
			gone = append(gone, fmt.Sprintf("%s: %s", tables[table].is, tables[table].means))
		}
	}
	if len(gone) == 0 {
		return "nothing that this version knows"
	}
	return "may be missing, or as it was before: " + strings.Join(gone, "; ")
}

// tableOrder is the order of the tables' keys.
var tableOrder = []byte{
	tabFormat, tabActivity, tabBlock, tabChunk, tabDay, tabDetection, tabFacet, tabGauge, tabHour, tabIndex, tabTracking, tabManifest, tabFacetNews,
	tabPresence, tabPage, tabDrawer, tabRanking, tabShelf, tabTerm, tabFloor,
}
