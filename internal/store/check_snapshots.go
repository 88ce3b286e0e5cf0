package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// snapshotCheck holds what was met of snapshots: chunks, which come first, then
// manifests.
type snapshotCheck struct {
	chunks map[chunkID]*chunkFacts
	unread int // manifests that cannot be read
}

type chunkFacts struct {
	bad        bool // cannot be read
	referenced bool
	seal       uint32
	size       uint32
	hash       [sha256.Size]byte
}

func (c *checker) chunk(key, value, body []byte) error {
	facts := &chunkFacts{bad: true}
	c.snapshots.chunks[chunkIDOf(key)] = facts
	r := reader{buf: body}
	r.format(chunkFormat)
	if r.err != nil {
		return r.err
	}
	data, err := c.dec.DecodeAll(r.buf, make([]byte, 0, chunkSize))
	if err != nil {
		return fmt.Errorf("cannot decompress: %w", err)
	}
	*facts = chunkFacts{seal: sealOf(value), size: uint32(len(data)), hash: sha256.Sum256(data)}
	return nil
}

func (c *checker) manifest(key, body []byte) error {
	m, err := decodeManifest(body)
	if err == nil && m.seq != tail64(key) {
		err = fmt.Errorf("it says that it is snapshot %d", m.seq)
	}
	if err != nil {
		c.snapshots.unread++
		c.contents.Snapshots = append(c.contents.Snapshots, SnapshotInfo{Seq: tail64(key)})
		return err
	}
	info := SnapshotInfo{Seq: m.seq, Watermark: m.meta.Watermark, Created: m.meta.Created, Whole: true, App: m.meta.App}
	for chunk := range m.chunks {
		info.Bytes += uint64(chunk.size)
		if why := c.snapshots.chunks[chunk.id].differs(chunk); why != "" {
			info.Whole = false
			c.add("manifest", Finding{Severity: Lost, Where: describeKey(key), What: fmt.Sprintf("%s %s", describeKey(chunk.id.key()), why),
				Means: tables[tabManifest].means, Out: outBackup})
		}
	}
	c.detections.claims = append(c.detections.claims, detectionClaim{len(c.contents.Snapshots), bytes.Clone(key), m.meta.Detections})
	c.contents.Snapshots = append(c.contents.Snapshots, info)
	return nil
}

// differs says why a chunk is not the one that a manifest means.
func (f *chunkFacts) differs(c chunkEntry) string {
	if f != nil {
		f.referenced = true
	}
	switch {
	case f == nil:
		return "is missing"
	case f.bad:
		return "cannot be read"
	case f.seal != c.seal || f.size != c.size || f.hash != c.hash:
		return "is not the one that the manifest means"
	}
	return ""
}

// finishSnapshots says what snapshots that are not whole come to.
func (c *checker) finishSnapshots() {
	all := c.contents.Snapshots
	if len(all) > 0 && !all[len(all)-1].Whole {
		f := Finding{Severity: Lost, Where: "snapshots", What: "none is whole",
			Means: "there is nothing that a run could go on from", Out: "restore a backup, or move the directory away and replay the archives"}
		if good, ok := c.contents.Newest(); ok {
			f.What = fmt.Sprintf("the newest one that is whole is %d, of %s", good.Seq, microsName(good.Watermark))
			f.Means = "the next start goes on from that one and counts again what came since, from its inputs"
			f.Out = outNextStart
		}
		c.add("no snapshot", f)
	}
	if c.snapshots.unread > 0 {
		return // nothing says which chunks those refer to
	}
	n := 0
	for _, facts := range c.snapshots.chunks {
		if !facts.referenced {
			n++
		}
	}
	if n > 0 {
		c.add("chunks", Finding{Severity: Repairable, Where: "snapshots", What: fmt.Sprintf("%d chunks of a snapshot that was not finished", n),
			Means: "the process ended as it wrote it, or as it deleted an old one", Out: outNextStart})
	}
}
