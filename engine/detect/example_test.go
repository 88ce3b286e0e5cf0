package detect_test

import (
	"fmt"

	"github.com/swell-radar/swell/engine/detect"
)

// A term that nobody used for ten days is taken up by more people in every pane.
func Example() {
	opt := detect.DefaultOptions()
	judge, err := detect.NewJudge(opt)
	if err != nil {
		fmt.Println(err)
		return
	}
	var rhythm detect.Rhythm
	var baseline detect.Baseline
	var panePosts, paneFresh [60]uint32
	var hourPosts, hourFresh [72]uint32
	const days = 10

	for pane := int64(0); pane < days*detect.PanesPerDay; pane++ {
		rhythm.Close(pane, detect.Volume{Posts: 100, Fresh: 200}, false)
		frame := rhythm.Frame(&opt)
		if pane%detect.PanesPerHour == 0 {
			baseline.Learn(frame, frame.Hour-detect.Guard, 0, 0)
		}
		people := uint32(max(0, pane-(days*detect.PanesPerDay-6))) * 3 // 0, 3, 6, 9, …
		copy(panePosts[:], panePosts[1:])
		copy(paneFresh[:], paneFresh[1:])
		panePosts[59], paneFresh[59] = people, 2*people // an author is two half units
		hourPosts[71] += people
		hourFresh[71] += 2 * people

		evidence := detect.Evaluate(detect.Series{
			PanePosts: panePosts[:], PaneFresh: paneFresh[:],
			HourPosts: hourPosts[:], HourFresh: hourFresh[:],
			FirstSeen: detect.PaneStart(days*detect.PanesPerDay - 6),
		}, &baseline, frame, &opt)
		for _, change := range judge.Tick(pane, []detect.Candidate{{ID: 1, Evidence: evidence}}) {
			why := change.Why()
			fmt.Println(change.Phase, "-", why.Sentence("#newsong"))
		}
	}
	// Output:
	// emerging - 9 people used #newsong within 30 minutes where about 1.0 were expected. It was not seen before the last three days. Nearly all came within half an hour; a second wave would confirm it.
	// rising - 36 people used #newsong within 30 minutes where about 1.0 were expected. It was not seen before the last three days. Nearly all came within half an hour; a second wave would confirm it.
}
