package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/config"
	"github.com/swell-radar/swell/internal/store"
)

// damagedShelf is a shelf none of whose values can be read.
type damagedShelf struct{}

func (damagedShelf) Load(name string) ([]byte, error) {
	return nil, errors.Join(errors.New("cannot read "+name), store.ErrDamaged)
}
func (damagedShelf) Save(string, []byte) error { return nil }

// Damage to what was spent of a budget is told, and keeps no server from starting.
func TestADamagedBudgetBeginsAnew(t *testing.T) {
	var log bytes.Buffer
	o, err := SourcesOf(config.Default(), Network{Version: "1", Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := o.Jobs(damagedShelf{})
	if err != nil || len(jobs) == 0 {
		t.Fatalf("%d sources, %v", len(jobs), err)
	}
	for _, j := range jobs {
		if j.Budget != nil && (j.Budget.Left() != j.Budget.PerDay() || !strings.Contains(log.String(), "budget/"+j.Name)) {
			t.Errorf("%s: %d of %d left, log %s", j.Name, j.Budget.Left(), j.Budget.PerDay(), &log)
		}
	}
}
