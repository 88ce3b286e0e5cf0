package report

import (
	"fmt"
	"io"

	"github.com/swell-radar/swell/bench/compare/internal/measure"
	"github.com/swell-radar/swell/bench/compare/internal/peer"
)

// Results are the figures of a run. What was not measured is nil or missing. They are
// written as they come: a run takes long. The writers must not fail.
type Results struct {
	Machine Machine
	Kinds   []peer.Kind
	Memory  int64 // of contenders whose memory is a setting
	Streams []Stream
	Pauses  map[string]*measure.Pause
	Paused  string // stream that the pauses are of
	Tick    *measure.Tick
}

// Stream is what was measured on one stream, by contender ID.
type Stream struct {
	Name         string
	Observations int
	Distinct     int     // in the window
	Hottest      float64 // share of the most frequent term
	Rounds, Slow int
	Tail         int // observations that contenders in another process got
	Speeds       map[string]*measure.Speed
	Surveys      map[string]*measure.Survey
}

// WriteHead writes what stands before the figures of the streams.
func (r *Results) WriteHead(w io.Writer) { r.Machine.write(w) }

// WriteStream writes the figures of a stream.
func (r *Results) WriteStream(w io.Writer, s *Stream) {
	fmt.Fprintf(w, "### Stream \"%s\"\n\n", s.Name)
	fmt.Fprintf(w, "%s observations; %s terms in the window; the hottest has %s %% of it; %s MiB where memory is a setting.\n\n",
		count(s.Observations), count(s.Distinct), percent(s.Hottest), mebibytes(r.Memory))
	if len(s.Speeds) > 0 {
		r.writeSpeeds(w, s)
	}
	if len(s.Surveys) > 0 {
		r.writeSurveys(w, s)
	}
}

// WriteRest writes what stands behind the figures of the streams.
func (r *Results) WriteRest(w io.Writer) {
	if len(r.Pauses) > 0 {
		r.writePauses(w)
	}
	if r.Tick != nil {
		fmt.Fprintf(w, "### Closing a pane\n\n`Touched`, `Recent` and `Read` of all %s terms that a pane touched, on one core: %s ms (least %s, most %s).\n\n",
			count(r.Tick.Terms), millis(r.Tick.Times.Median()), millis(r.Tick.Times.Min()), millis(r.Tick.Times.Quantile(1)))
	}
	r.writeTargets(w)
}

func (r *Results) writeSpeeds(b io.Writer, s *Stream) {
	fmt.Fprintf(b, "Speed: nanoseconds an observation, median (least) of %d rounds, of %d for slow ones. One core: processor time, of Redis the server's alone; "+
		"two cores: wall time. 2 : 1 is of the least wall times. Redis counted the last %s observations.\n\n", s.Rounds, s.Slow, count(s.Tail))
	t := Table{Head: []string{"", "1 core", "M/s", "2 cores", "M/s", "2 : 1"}}
	for _, k := range r.Kinds {
		speed := s.Speeds[k.ID]
		if speed == nil {
			continue
		}
		row := []string{k.Name}
		for i := range measure.Cores {
			cost := speed.Cost[i]
			row = append(row, fmt.Sprintf("%s (%s)", nanos(cost.Median()), nanos(cost.Min())), number(1e3/cost.Median(), "%.2f"))
		}
		t.Add(append(row, number(speed.Wall[0].Min()/speed.Wall[1].Min(), "%.2f"))...)
	}
	write(b, &t)
}

func (r *Results) writeSurveys(b io.Writer, s *Stream) {
	fmt.Fprint(b, "Memory and answers over the last 72 hours. Error: mean relative error, in percent, of the true top. "+
		"Recall: share of the true top that is found. One term: median, and the time that 99 % of 1,000 terms stay below.\n\n")
	t := Table{Head: []string{"", "MiB", "bytes/term", "error 100", "1,000", "10,000", "recall 100", "1,000", "top 100, ms", "one term, µs"}}
	for _, k := range r.Kinds {
		v := s.Surveys[k.ID]
		if v == nil {
			continue
		}
		row := []string{k.Name, mebibytes(v.Memory), number(v.PerTerm(), "%.0f")}
		for _, e := range v.Error {
			row = append(row, percent(e))
		}
		if v.TellsTop {
			row = append(row, number(v.Recall[0], "%.3f"), number(v.Recall[1], "%.3f"), millis(float64(v.Top)))
		} else {
			row = append(row, none, none, none)
		}
		t.Add(append(row, micros(v.Term.Median())+" … "+micros(v.Term.Quantile(0.99)))...)
	}
	write(b, &t)
}

func (r *Results) writePauses(b io.Writer) {
	fmt.Fprintf(b, "### Pauses at the ends of panes\n\nSingle calls of one writer around the ends of panes, stream \"%s\", in microseconds, at full speed and at %s observations a second. "+
		"The first row is what the clock and the machine add.\n\n", r.Paused, count(measure.PacedRate))
	t := Table{Head: []string{"", "full: p50", "p99", "p99.9", "max", "paced: p50", "p99", "p99.9", "max"}}
	for _, k := range r.Kinds {
		p := r.Pauses[k.ID]
		if p == nil {
			continue
		}
		row := []string{k.Name}
		for _, sample := range []measure.Sample{p.Full, p.Paced} {
			for _, q := range []float64{0.5, 0.99, 0.999, 1} {
				row = append(row, micros(sample.Quantile(q)))
			}
		}
		t.Add(row...)
	}
	write(b, &t)
}

func (r *Results) stream(name string) *Stream {
	for i := range r.Streams {
		if r.Streams[i].Name == name {
			return &r.Streams[i]
		}
	}
	return &Stream{}
}

func write(w io.Writer, t *Table) { _, _ = t.WriteTo(w) }
