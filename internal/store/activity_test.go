package store

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Activity is what was stored last of each hour, by platform, over restarts and
// retention.
func TestActivityMatchesModel(t *testing.T) {
	t.Parallel()
	platforms := []string{"", "bluesky", "tiktok", "x", "тест"}
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		model := map[int64][]Activity{}
		var floor int64
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			hour := int64(rapid.IntRange(0, 99).Draw(rt, "hour"))
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				s = reopen(t, s)
			case 1:
				before := int64(rapid.IntRange(0, 60).Draw(rt, "before"))
				if _, err := s.Prune(Floors{Points: before}); err != nil {
					rt.Fatal(err)
				}
				floor = max(floor, before/24*24)
			default:
				number := rapid.OneOf(rapid.Just(uint64(0)), rapid.Uint64Range(0, 300), rapid.Uint64())
				var rows []Activity
				for _, p := range rapid.Permutation(platforms).Draw(rt, "platforms")[:rapid.IntRange(0, 5).Draw(rt, "rows")] {
					rows = append(rows, Activity{p, number.Draw(rt, "posts"), number.Draw(rt, "reposts"), number.Draw(rt, "measured"), number.Draw(rt, "reactions")})
				}
				if err := s.AppendActivity(hour, rows); err != nil {
					rt.Fatal(err)
				}
				model[hour] = rows
			}
			from := int64(rapid.IntRange(-5, 99).Draw(rt, "from"))
			to := from + int64(rapid.IntRange(-1, 110).Draw(rt, "span"))
			platform := rapid.SampledFrom(platforms).Draw(rt, "platform")
			var want []HourActivity
			var counted []int64
			for hour := max(from, floor); hour < to; hour++ {
				rows, ok := model[hour]
				if ok {
					counted = append(counted, hour)
				}
				for _, a := range rows {
					if a.Platform == platform && a != (Activity{Platform: platform}) {
						want = append(want, HourActivity{hour, a})
					}
				}
			}
			if got, err := s.Activity(platform, from, to); err != nil || !slices.Equal(got, want) {
				rt.Fatalf("Activity(%q, %d, %d) = %v (%v), want %v", platform, from, to, got, err, want)
			}
			if got, err := s.ActivityHours(from, to); err != nil || !slices.Equal(got, counted) {
				rt.Fatalf("ActivityHours(%d, %d) = %v (%v), want %v", from, to, got, err, counted)
			}
		}
		for _, key := range rawKeys(t, s, tabActivity) {
			if int64(tail32(key)) < floor {
				rt.Fatalf("hour %d is there, the floor is %d", tail32(key), floor)
			}
		}
		wantSound(t, s)
	})
}

func TestActivityRefuses(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	wantErr(t, s.AppendActivity(-1, nil), ErrInvalid, "hour before 1970")
	wantErr(t, s.AppendActivity(maxHour, nil), ErrInvalid, "hour too late")
	wantErr(t, s.AppendActivity(1, []Activity{{"x", 1, 0, 0, 0}, {"x", 2, 0, 0, 0}}), ErrInvalid, "a platform twice")
	wantErr(t, s.AppendActivity(1, []Activity{{string(make([]byte, maxText+1)), 1, 0, 0, 0}}), ErrInvalid, "too long a name")
	if hours, err := s.ActivityHours(0, maxHour); err != nil || len(hours) > 0 {
		t.Errorf("%v (%v) after what was refused", hours, err)
	}
	if err := s.AppendActivity(maxHour-1, []Activity{{"x", 1, 2, 3, 4}}); err != nil {
		t.Error(err)
	}
	if got, err := s.Activity("x", 0, 1<<62); err != nil || len(got) != 1 || got[0].Hour != maxHour-1 {
		t.Errorf("%v (%v)", got, err)
	}
}

// Damage to an hour of activity is an error of what needs it, and of nothing else, until
// it is written again.
func TestDamagedActivityIsAnError(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	for hour := range int64(4) {
		if err := s.AppendActivity(hour, []Activity{{"x", 1, 2, 3, 4}}); err != nil {
			t.Fatal(err)
		}
	}
	flipBit(t, s, activityKey(2), 13)
	_, err := s.Activity("x", 0, 4)
	wantErr(t, err, ErrDamaged, "the damaged hour")
	if got, err := s.Activity("x", 0, 2); err != nil || len(got) != 2 {
		t.Errorf("hours before it: %v (%v)", got, err)
	}
	if err := s.AppendActivity(2, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Activity("x", 0, 4); err != nil || len(got) != 3 {
		t.Errorf("written again: %v (%v)", got, err)
	}
	// Hours that went with a damaged table are an error, up to the last that it may have had.
	s.losses.Store(&[]*loss{{table: "1.sst", settled: true, horizon: 3, ranges: []keyRange{{activityKey(1), activityKey(2)}}}})
	for _, r := range []struct {
		from, to int64
		lost     bool
	}{{0, 1, false}, {0, 2, true}, {2, 9, true}, {3, 9, false}, {4, 9, false}} {
		if _, err := s.Activity("x", r.from, r.to); (err != nil) != r.lost {
			t.Errorf("hours %d to %d: %v", r.from, r.to, err)
		}
	}
	s.losses.Store(&[]*loss{})
}

func FuzzActivity(f *testing.F) {
	f.Add(encodeActivity([]Activity{{"", 1, 2, 3, 4}, {"tiktok", 1 << 63, 0, 300, 7}}))
	f.Add(encodeActivity(nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		decode := func(body []byte) (rows []Activity, err error) {
			err = eachActivity(body, func(platform []byte, a Activity) {
				a.Platform = string(platform)
				rows = append(rows, a)
			})
			return rows, err
		}
		rows, err := decode(body)
		if err != nil {
			return
		}
		if again, err := decode(encodeActivity(rows)); err != nil || !slices.Equal(again, rows) || !bytes.Equal(encodeActivity(again), encodeActivity(rows)) {
			t.Fatalf("%+v became %+v (%v)", rows, again, err)
		}
	})
}
