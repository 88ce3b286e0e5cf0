package app

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

// SinkOptions are what sinks have beside the configuration. The zero value works.
type SinkOptions struct {
	Version string
	Now     func() time.Time              // nil: the machine's clock
	Log     *slog.Logger                  // nil: nothing is logged
	Memory  func(name string) sink.Memory // what a sink keeps from run to run; nil: nothing
	Env     func(name string) (string, bool)

	checked bool // the same sinks were made before, and what was to be said of their settings was said
}

// Sink is a sink under the kind that the configuration says it is of.
type Sink struct {
	sink.Sink
	Kind string
}

// SinksOf makes the sinks of a configuration, by name. Nothing is sent. An error names all that is wrong: section, key,
// value, and what to do; it holds no secret.
func SinksOf(c config.Config, o SinkOptions) (map[string]Sink, error) {
	out := make(map[string]Sink, len(c.Sinks))
	var errs []error
	dirs := map[string]string{} // whose they are
	for _, name := range slices.Sorted(maps.Keys(c.Sinks)) {
		if of := c.Sinks[name]; of.Kind == sink.File && of.Dir != "" {
			dir := folder(of.Dir)
			if other, taken := dirs[dir]; taken {
				errs = append(errs, fmt.Errorf("[sinks.%.60s] dir = %q is the folder of [sinks.%.60s] as well, and one would write over the other; give each its own", name, of.Dir, other))
				continue
			}
			dirs[dir] = name
		}
		s, err := SinkOf(c, name, o)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out[name] = s
	}
	return out, errors.Join(errs...)
}

// SinkOf makes one of them, as [SinksOf] does.
func SinkOf(c config.Config, name string, o SinkOptions) (Sink, error) {
	of, ok := c.Sinks[name]
	if !ok {
		return Sink{}, fmt.Errorf("the configuration has no section [sinks.%.40s]; it has %s", name, listed(slices.Sorted(maps.Keys(c.Sinks))))
	}
	if !sinkName(name) {
		return Sink{}, fmt.Errorf("[sinks.%.60s]: the name has up to 40 of a-z, 0-9, - and _, and begins with a letter", name)
	}
	deps := sink.Deps{Env: o.Env, Now: o.Now, Log: o.Log, Version: o.Version, Checked: o.checked}
	if o.Memory != nil {
		deps.Memory = o.Memory(name)
	}
	s, err := sink.New(name, sink.Config{
		Kind: of.Kind, URL: of.URL, Token: of.Token, Key: of.Key, Secret: of.Secret, List: of.List, Dir: of.Dir, Format: of.Format,
		Server: of.Server, TLS: of.TLS, User: of.User, Password: of.Password, From: of.From, To: of.To, Private: of.Private,
	}, deps)
	if err != nil {
		return Sink{}, fmt.Errorf("[sinks.%s] %w", name, err)
	}
	return Sink{s, of.Kind}, nil
}

// folder is a folder by one name, however the configuration writes it.
func folder(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return filepath.Clean(dir)
}

func listed(names []string) string {
	if len(names) == 0 {
		return "no sinks"
	}
	return strings.Join(names, ", ")
}

// sinkName reports whether a name can be that of a sink.
func sinkName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || (r < '0' || r > '9') && r != '-' && r != '_') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// SinkMemory returns what the sinks remember in a store, each under its name.
func SinkMemory(s *store.Store) func(name string) sink.Memory {
	return func(name string) sink.Memory { return sinkMemory{s, "sink/" + name + "/"} }
}

type sinkMemory struct {
	store  *store.Store
	prefix string
}

// Recall implements [sink.Memory]. What is damaged is as good as forgotten: a sink finds it again, or makes it anew.
func (m sinkMemory) Recall(key string) ([]byte, error) {
	value, err := m.store.Item(m.prefix + key)
	if errors.Is(err, store.ErrDamaged) {
		return nil, nil
	}
	return value, err
}

// Remember implements [sink.Memory].
func (m sinkMemory) Remember(key string, value []byte) error {
	return m.store.PutItems(store.Item{Key: m.prefix + key, Value: value})
}
