package obs

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/swell-radar/swell/internal/api"
)

func sinkFamilies() []family {
	return []family{
		ofSinks(counter, "swell_sink_messages_sent_total", "Messages that a sink took since the start.", func(s *api.SinkStatus) float64 { return float64(s.Sent) }),
		ofSinks(counter, "swell_sink_attempts_failed_total", "Attempts to send a message that failed since the start.", func(s *api.SinkStatus) float64 { return float64(s.Failed) }),
		ofSinks(gauge, "swell_sink_messages_waiting", "Messages that wait to be sent.", func(s *api.SinkStatus) float64 { return float64(s.Waiting) }),
		ofSinks(gauge, "swell_sink_messages_dead", "Messages that were given up and not yet dropped.", func(s *api.SinkStatus) float64 { return float64(s.Dead) }),
	}
}

// ofSinks returns a family of one number of each sink.
func ofSinks(kind prometheus.ValueType, name, help string, value func(s *api.SinkStatus) float64) family {
	return family{name, help, kind, []string{"sink"}, func(r *reading, emit func(float64, ...string)) {
		for i := range r.state.Sinks {
			emit(value(&r.state.Sinks[i]), r.state.Sinks[i].Name)
		}
	}}
}
