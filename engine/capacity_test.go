package engine

import "testing"

// The README and the help of the command say how many terms fit into a MiB.
func TestTermsThatFitIntoAMebibyte(t *testing.T) {
	const said = 670
	for _, mib := range []int{16, 64, 256, 1024} {
		o := options(4)
		o.Window.Memory = int64(mib) << 20
		e, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		c := collect(t, e)
		rec := post(1_780_000_200, "", "a", "one")
		e.Observe(&rec)
		e.Flush()
		c.until(e.Marks())
		n := e.View().Core.Capacity
		t.Logf("%d MiB: %d terms, %.0f a MiB", mib, n, float64(n)/float64(mib))
		if n < (said-70)*mib || n > (said+50)*mib {
			t.Errorf("%d MiB hold %d terms, %.0f a MiB; about %d are said", mib, n, float64(n)/float64(mib), said)
		}
	}
}
