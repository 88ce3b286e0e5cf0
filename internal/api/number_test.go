package api

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreJSON(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.Float64().Draw(rt, "number")
		data, err := json.Marshal(Number(want))
		if err != nil {
			rt.Fatal(err)
		}
		var got Number
		if err := json.Unmarshal(data, &got); err != nil {
			rt.Fatal(err)
		}
		if math.IsNaN(want) || math.IsInf(want, 0) {
			if string(data) != "null" || !math.IsNaN(float64(got)) {
				rt.Fatalf("%v is %s and back %v", want, data, got)
			}
		} else if float64(got) != want {
			rt.Fatalf("%v is %s and back %v", want, data, got)
		}
	})
	var n Number
	if err := json.Unmarshal([]byte(`"1"`), &n); err == nil {
		t.Error("text is taken for a number")
	}
}

func TestRounded(t *testing.T) {
	for x, want := range map[float64]Number{
		0: 0, 4.123456: 4.1235, -4.123456: -4.1235, 0.000123456: 0.0001235, 0.99999: 1, 1e-13: 0, -0.05: -0.05,
		12345678.123456: 12345678.1235, 1e300: 1e300, 5e-324: 0,
	} {
		if got := Rounded(x); got != want {
			t.Errorf("%v is rounded to %v, want %v", x, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.Float64Range(-1e6, 1e6).Draw(rt, "x")
		if got := float64(Rounded(x)); math.Abs(got-x) > 5.001e-5 || math.Abs(x) < 1 && math.Abs(x) > 1e-11 && math.Abs(got-x) > 5.001e-4*math.Abs(x) {
			rt.Fatalf("%v is rounded to %v", x, got)
		}
	})
}
