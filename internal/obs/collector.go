package obs

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/scrapers"
)

// collector reads the view and the state when it is asked to. It keeps nothing.
type collector struct {
	options Options
	metrics *Metrics
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, f := range families() {
		to <- f.desc()
	}
}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(to chan<- prometheus.Metric) {
	r := &reading{view: c.options.View(), state: c.options.State(), now: c.options.Now(), version: c.options.Version, snapshot: c.metrics.lastSnapshot.Load()}
	for _, f := range families() {
		desc := f.desc()
		f.read(r, func(value float64, labels ...string) {
			m, err := prometheus.NewConstMetric(desc, f.kind, value, labels...)
			if err != nil { // as a name that is no UTF-8
				m = prometheus.NewInvalidMetric(desc, err)
			}
			to <- m
		})
	}
}

// reading is what one scrape tells of.
type reading struct {
	view     *engine.View
	state    State
	now      time.Time
	version  string
	snapshot *snapshot // nil: none yet
}

// family is a metric that is read.
type family struct {
	name, help string
	kind       prometheus.ValueType
	labels     []string
	read       func(r *reading, emit func(value float64, labels ...string))
}

func (f *family) desc() *prometheus.Desc { return prometheus.NewDesc(f.name, f.help, f.labels, nil) }

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// families are all metrics that are read.
func families() []family {
	var all []family
	for _, part := range [][]family{intakeFamilies(), coreFamilies(), trendFamilies(), keptFamilies(), sourceFamilies(), sinkFamilies(), servingFamilies()} {
		all = append(all, part...)
	}
	return all
}

// of returns a family of one number of the view.
func of(kind prometheus.ValueType, name, help string, value func(v *engine.View) float64) family {
	return family{name, help, kind, nil, func(r *reading, emit func(float64, ...string)) { emit(value(r.view)) }}
}

// from returns a family of one number of the state, which may not be known.
func from(kind prometheus.ValueType, name, help string, value func(s *State) (float64, bool)) family {
	return family{name, help, kind, nil, func(r *reading, emit func(float64, ...string)) {
		if x, ok := value(&r.state); ok {
			emit(x)
		}
	}}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

const micro = 1e6

func intakeFamilies() []family {
	return []family{
		{"swell_build_info", "The program's version; always 1.", gauge, []string{"version"}, func(r *reading, emit func(float64, ...string)) { emit(1, r.version) }},
		from(gauge, "swell_ready", "Whether the answers can be relied on.", func(s *State) (float64, bool) { return bit(s.Ready), true }),
		{"swell_records_total", "Records by what became of them. All but those rejected count over restarts.", counter, []string{"outcome"},
			func(r *reading, emit func(float64, ...string)) {
				c := &r.view.Counters
				emit(float64(c.Records-min(c.Records, c.Duplicates+c.Late)), "counted")
				emit(float64(c.Duplicates), "duplicate")
				emit(float64(c.Late), "late")
				emit(float64(r.state.Rejected), "rejected")
			}},
		{"swell_dropped_total", "What was left out of records and counts, by why.", counter, []string{"reason"},
			func(r *reading, emit func(float64, ...string)) {
				emit(float64(r.view.Counters.TermsDropped), "terms_beyond_limit")
				emit(float64(r.view.Counters.FacetsDropped), "facets_no_room")
				emit(float64(r.view.Core.GaugesRefused), "gauges_no_room")
				emit(float64(r.view.Core.Stale), "pane_left_window")
			}},
		of(counter, "swell_observations_total", "Terms of posts counted.", func(v *engine.View) float64 { return float64(v.Counters.Observations) }),
		of(counter, "swell_heartbeats_total", "Records that move time on where nothing comes.", func(v *engine.View) float64 { return float64(v.Counters.Heartbeats) }),
		{"swell_platform_records_total", "Records met by platform.", counter, []string{"platform"}, func(r *reading, emit func(float64, ...string)) {
			for i := range r.view.Platforms {
				emit(float64(r.view.Platforms[i].Records), r.view.Platforms[i].Name)
			}
		}},
		from(gauge, "swell_lateness_seconds", "How late a record may come and still count.", func(s *State) (float64, bool) { return max(0, s.Lateness.Seconds()), true }),
		of(counter, "swell_panes_closed_total", "Panes closed: views published.", func(v *engine.View) float64 { return float64(v.Seq) }),
		{"swell_as_of_timestamp_seconds", "Event time up to which records are taken as complete.", gauge, nil, func(r *reading, emit func(float64, ...string)) {
			if r.view.AsOf != 0 {
				emit(float64(r.view.AsOf))
			}
		}},
		{"swell_newest_record_timestamp_seconds", "Event time of the newest record when the newest pane was closed.", gauge, nil, func(r *reading, emit func(float64, ...string)) {
			if r.view.Newest != 0 {
				emit(float64(r.view.Newest) / micro)
			}
		}},
		{"swell_lag_seconds", "How far the newest record of the newest closed pane lies behind the clock.", gauge, nil, func(r *reading, emit func(float64, ...string)) {
			if r.view.Newest != 0 {
				emit(r.now.Sub(time.UnixMicro(r.view.Newest)).Seconds())
			}
		}},
	}
}

func coreFamilies() []family {
	hours := func(kind prometheus.ValueType, name, help string, value func(v *engine.View) float64) family {
		return family{name, help, kind, nil, func(r *reading, emit func(float64, ...string)) {
			if h := value(r.view); h > 0 { // else not measured yet
				emit(h * 3600)
			}
		}}
	}
	return []family{
		of(gauge, "swell_terms_tracked", "Terms counted one by one.", func(v *engine.View) float64 { return float64(v.Core.Tracked) }),
		of(gauge, "swell_terms_capacity", "Terms that can be counted one by one.", func(v *engine.View) float64 { return float64(v.Core.Capacity) }),
		of(gauge, "swell_terms_with_readings", "Terms with readings of totals or ranks.", func(v *engine.View) float64 { return float64(v.Core.Gauges) }),
		of(counter, "swell_terms_admitted_total", "Terms that came to be tracked.", func(v *engine.View) float64 { return float64(v.Core.Admitted) }),
		of(counter, "swell_terms_evicted_total", "Terms that gave way to a warmer one.", func(v *engine.View) float64 { return float64(v.Core.Evicted) }),
		of(counter, "swell_terms_retired_total", "Terms that nobody used any more.", func(v *engine.View) float64 { return float64(v.Core.Retired) }),
		of(gauge, "swell_admission_threshold_uses", "Uses that a new term needs now to be tracked; the worst shard's.", func(v *engine.View) float64 { return float64(v.Core.Threshold) }),
		of(counter, "swell_posts_total", "Uses of terms counted, tracked or not.", func(v *engine.View) float64 { return float64(v.Core.Posts) }),
		of(counter, "swell_posts_untracked_total", "Of these, those in the doorkeeper alone.", func(v *engine.View) float64 { return float64(v.Core.Untracked) }),
		of(gauge, "swell_doorkeeper_error_posts", "By how much the count of an untracked term is too high at most, with 99 % confidence; the worst shard's.", func(v *engine.View) float64 { return float64(v.Core.DoorkeeperBound) }),
		of(gauge, "swell_fresh_false_seen_ratio", "Share of fresh authors taken for known.", func(v *engine.View) float64 { return v.Core.FalseSeen }),
		of(counter, "swell_authors_lost_total", "Times that a busy term lost its count of distinct authors.", func(v *engine.View) float64 { return float64(v.Core.AuthorsLost) }),
		of(counter, "swell_authors_blurred_total", "Times that a quiet term forgot who used it.", func(v *engine.View) float64 { return float64(v.Core.Blurred) }),
		hours(gauge, "swell_fresh_horizon_seconds", "For how long an author of a term is known as such; 24 hours unless memory runs short.", func(v *engine.View) float64 { return v.Core.FreshHorizon }),
		hours(gauge, "swell_recent_horizon_seconds", "For how long a post is known again; 72 hours unless memory runs short.", func(v *engine.View) float64 { return v.Counters.RecentHorizon }),
		of(gauge, "swell_memory_bytes", "What the engine was given.", func(v *engine.View) float64 { return float64(v.Core.Memory) }),
		{"swell_memory_pressure", "Whether the memory suffices for the stream: 1 for the state that it is in.", gauge, []string{"state"}, func(r *reading, emit func(float64, ...string)) {
			for _, word := range Pressures() {
				emit(bit(word == r.state.Pressure), word)
			}
		}},
	}
}

func trendFamilies() []family {
	return []family{{"swell_trends_open", "Open trends by platform and phase, those held back included.", gauge, []string{"platform", "phase"},
		func(r *reading, emit func(float64, ...string)) {
			counts := map[string]*[detect.Unconfirmed + 1]int{}
			for i := range r.view.Platforms {
				counts[r.view.Platforms[i].Name] = &[detect.Unconfirmed + 1]int{}
			}
			for _, list := range [...][]engine.Trend{r.view.Trends, r.view.Held} {
				for i := range list {
					if n := counts[list[i].Platform]; n != nil && list[i].Phase <= detect.Unconfirmed {
						n[list[i].Phase]++
					}
				}
			}
			for i := range r.view.Platforms { // each once, in order
				name := r.view.Platforms[i].Name
				for p := detect.Emerging; p <= detect.Unconfirmed; p++ {
					if p != detect.Over {
						emit(float64(counts[name][p]), name, p.String())
					}
				}
			}
		}}}
}

// ofIntake returns a family of one number of the intake, where records are taken.
func ofIntake(kind prometheus.ValueType, name, help string, value func(s *State) float64) family {
	return from(kind, name, help, func(s *State) (float64, bool) {
		if s.Intake == nil {
			return 0, false
		}
		return value(s), true
	})
}

func keptFamilies() []family {
	return []family{
		ofIntake(gauge, "swell_intake_waiting_records", "Accepted records that are not counted yet, of this start.", func(s *State) float64 { return float64(s.Intake.Waiting) }),
		ofIntake(gauge, "swell_intake_refusing", "Whether records are refused for want of room.", func(s *State) float64 { return bit(s.Intake.Refusing) }),
		ofIntake(counter, "swell_intake_repeats_total", "Numbered deliveries that had been counted before.", func(s *State) float64 { return float64(s.Intake.Repeats) }),
		ofIntake(gauge, "swell_journal_bytes", "Size of the journal.", func(s *State) float64 { return float64(s.Intake.Bytes) }),
		ofIntake(gauge, "swell_journal_first_entry", "Number of the first entry that the journal has.", func(s *State) float64 { return float64(s.Intake.First) }),
		ofIntake(gauge, "swell_journal_next_entry", "Number that the next entry of the journal gets.", func(s *State) float64 { return float64(s.Intake.Next) }),
		ofIntake(counter, "swell_journal_lost_entries_total", "Entries that were missing and were passed over.", func(s *State) float64 { return float64(s.Intake.Lost) }),
		from(gauge, "swell_store_bytes", "Size of the store's tables, as last measured.", func(s *State) (float64, bool) { return float64(s.StoreBytes), true }),
		from(gauge, "swell_store_free_bytes", "Free space of the store's volume.", func(s *State) (float64, bool) { return float64(s.FreeBytes), s.FreeBytes >= 0 }),
		from(gauge, "swell_store_floor_bytes", "Free space below which nothing is stored.", func(s *State) (float64, bool) { return float64(s.FloorBytes), true }),
		{"swell_snapshot_timestamp_seconds", "When the newest snapshot was stored, of this start.", gauge, nil, func(r *reading, emit func(float64, ...string)) {
			if r.snapshot != nil {
				emit(float64(r.snapshot.at.UnixMicro()) / micro)
			}
		}},
		{"swell_snapshot_bytes", "Size of the state in the newest snapshot, before compression.", gauge, nil, func(r *reading, emit func(float64, ...string)) {
			if r.snapshot != nil {
				emit(float64(r.snapshot.bytes))
			}
		}},
	}
}

// ofSources returns a family of one number of each source that runs, which may not be known.
func ofSources(kind prometheus.ValueType, name, help string, value func(h *scrapers.Health) (float64, bool)) family {
	return family{name, help, kind, []string{"source"}, func(r *reading, emit func(float64, ...string)) {
		for i := range r.state.Sources {
			h := &r.state.Sources[i]
			if x, ok := value(h); ok && h.State != scrapers.Off {
				emit(x, h.Name)
			}
		}
	}}
}

func sourceFamilies() []family {
	return []family{
		{"swell_source_state", "How a source is doing: 1 for the state that it is in.", gauge, []string{"source", "state"}, func(r *reading, emit func(float64, ...string)) {
			for i := range r.state.Sources {
				h := &r.state.Sources[i]
				for s := scrapers.Off; s <= scrapers.Ended; s++ {
					emit(bit(h.State == s), h.Name, s.String())
				}
			}
		}},
		ofSources(counter, "swell_source_records_total", "Records that a source delivered since the start.", func(h *scrapers.Health) (float64, bool) { return float64(h.Records), true }),
		ofSources(counter, "swell_source_rejected_items_total", "Items that could not be understood.", func(h *scrapers.Health) (float64, bool) { return float64(h.Rejected), true }),
		ofSources(counter, "swell_source_starts_total", "How often a source was started.", func(h *scrapers.Health) (float64, bool) { return float64(h.Starts), true }),
		ofSources(gauge, "swell_source_requests_left", "Requests that are left of today's budget.", func(h *scrapers.Health) (float64, bool) { return float64(h.Left), h.PerDay > 0 }),
		ofSources(gauge, "swell_source_covered_ratio", "For which part of the last 72 hours a source was well.", func(h *scrapers.Health) (float64, bool) { return h.Covered, true }),
		ofSources(gauge, "swell_source_newest_record_timestamp_seconds", "Event time of a source's newest record.", func(h *scrapers.Health) (float64, bool) {
			return float64(h.Newest.UnixMicro()) / micro, !h.Newest.IsZero()
		}),
	}
}

func servingFamilies() []family {
	return []family{
		from(gauge, "swell_http_requests_in_flight", "Requests that are being answered, streams included.", func(s *State) (float64, bool) { return float64(s.InFlight), true }),
		from(gauge, "swell_stream_clients", "Who follows the events.", func(s *State) (float64, bool) { return float64(s.Streams.Clients), true }),
		from(counter, "swell_stream_events_total", "Events sent, to all clients together.", func(s *State) (float64, bool) { return float64(s.Streams.Sent), true }),
		from(counter, "swell_stream_clients_dropped_total", "Clients that were dropped because they did not read.", func(s *State) (float64, bool) { return float64(s.Streams.Slow), true }),
		from(counter, "swell_stream_clients_refused_total", "Clients that came when there was no place.", func(s *State) (float64, bool) { return float64(s.Streams.Refused), true }),
	}
}
