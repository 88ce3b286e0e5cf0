package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/app"
)

// printKept says in one line what a backup or a data directory holds.
func printKept(w io.Writer, k *app.Kept) {
	c := &k.Contents
	if at := k.AsOf(); at != 0 {
		fmt.Fprintf(w, "as of %s: ", minute(at))
	} else {
		fmt.Fprint(w, "without a snapshot: ")
	}
	fmt.Fprintf(w, "%s, %s", count(c.Terms, "term"), count(uint64(c.Hours), "hour"))
	if c.Hours > 0 {
		fmt.Fprintf(w, " from %s to %s", minute(c.FirstHour*3600), minute((c.LastHour+1)*3600))
	}
	fmt.Fprintf(w, ", %s, %s, %s, %s\n", count(uint64(len(c.Snapshots)), "snapshot"), count(c.Detections, "detection"), count(c.Rankings, "ranking"), count(c.Gauges, "gauge"))
}

func minute(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04 UTC") }

// count writes a number with what is counted.
func count(n uint64, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// size writes a number of bytes.
func size(n uint64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	x, i := float64(n), 0
	for x >= 1000 && i < len(units)-1 {
		x, i = x/1000, i+1
	}
	if i == 0 {
		return fmt.Sprint(n, " ", units[0])
	}
	return fmt.Sprintf("%.1f %s", x, units[i])
}

// printFindings lists what is not as it should be.
func printFindings(w io.Writer, k *app.Kept) {
	for _, f := range k.Findings {
		fmt.Fprintf(w, "\n%s  %s\n", strings.ToUpper(f.Severity.String()), printable(f.Where))
		fmt.Fprintf(w, "  found    %s\n  means    %s\n  way out  %s\n", printable(f.What), printable(f.Means), printable(f.Out))
		if f.More > 0 {
			fmt.Fprintf(w, "  and %d more like it\n", f.More)
		}
	}
}
