package store

import "fmt"

// detectionCheck is what was met of the detections log. Where the log begins is known
// behind its lines and behind the manifests alone, so both are judged at the end.
type detectionCheck struct {
	from, next uint64 // where it begins, and ends as far as it was met
	gaps       []detectionGap
	claims     []detectionClaim
}

// detectionGap is a range of lines that are not there, to not included.
type detectionGap struct{ from, to uint64 }

// detectionClaim is how many lines the manifest of a snapshot counts.
type detectionClaim struct {
	snapshot int // its place among those of the contents
	key      []byte
	lines    uint64
}

// detection notes a line of the log, which has no gaps from its beginning on.
func (c *checker) detection(key, body []byte) error {
	d, at := &c.detections, tail64(key)
	if at != d.next {
		d.gaps = append(d.gaps, detectionGap{d.next, at})
	}
	d.next = at + 1
	r := reader{buf: body}
	r.format(detectionFormat)
	return r.err
}

// detectionsFrom notes where the log begins.
func (c *checker) detectionsFrom(body []byte) error {
	r := reader{buf: body}
	r.format(floorFormat)
	from := r.uvarint()
	if err := r.end(); err != nil {
		return err
	}
	c.detections.from = from
	return nil
}

// finishDetections judges the log. Lines before its beginning may be there in part: a
// crash left them, and the next opening deletes them.
func (c *checker) finishDetections() {
	d := &c.detections
	c.contents.Detections = max(d.from, d.next)
	for _, g := range d.gaps {
		if g.from = max(g.from, d.from); g.from < g.to {
			c.add("gap", Finding{Severity: Lost, Where: describeKey(detectionKey(g.from)),
				What: fmt.Sprintf("lines %d to %d are missing", g.from, g.to-1), Means: tables[tabDetection].means, Out: outBackup})
		}
	}
	for _, m := range d.claims {
		if m.lines <= c.contents.Detections {
			continue
		}
		c.contents.Snapshots[m.snapshot].Whole = false
		c.add("manifest", Finding{Severity: Lost, Where: describeKey(m.key),
			What:  fmt.Sprintf("it counts %d lines of detections, there are %d", m.lines, c.contents.Detections),
			Means: "detections of that time are missing", Out: outBackup})
	}
}
