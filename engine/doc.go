// Package engine turns records into trends: it feeds the counting core, closes
// panes as event time passes, lets the detector judge them and publishes what it
// found.
//
// # Flow
//
//	Observe ──batches──▶ shard owners ──evidence──▶ conductor ──▶ View, Ticks
//
// One goroutine, the feeder, calls [Engine.Observe]. Each shard of the core has
// an owner goroutine. When event time passes the end of a pane, a mark travels
// behind the pane's last observation; at the mark every owner parks and works for
// the conductor, which closes the pane: volumes, then evidence, then the verdict.
// Meanwhile the feeder goes on with the next pane, as far as there is room.
//
// Whoever wants results pulls them: the newest [View] from an atomic pointer, and
// every [Tick] in order from a bounded channel that must be drained.
//
// # Determinism
//
// Results depend on the records and the options alone. Time is event time;
// nothing here looks at a clock. Batches are cut by the stream and at marks only,
// and a cut for a snapshot is made where a pane has just been closed, so that
// taking snapshots changes nothing.
//
// # Snapshots
//
// A cut is saved while the engine goes on: by each owner between batches, by the
// feeder in its calls, by copy-on-write where something is about to change
// ([github.com/swell-radar/swell/internal/cow]). Only the small head is written at the
// mark. Whoever takes the [Snapshot] out of its tick pulls it in pieces, and its pace
// is that of the saving; an owner waits for it only with megabytes to hand over.
package engine
