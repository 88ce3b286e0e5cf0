package detect

import (
	"bufio"
	"fmt"
	"os"
	"testing"
)

func TestScratchDump(t *testing.T) {
	name := os.Getenv("DUMP")
	if name == "" {
		t.Skip()
	}
	a := openArchive(t, name)
	if name[0] == 'r' {
		slim(a, 30)
	}
	out, _ := os.Create("/tmp/dump-" + name + ".csv")
	bw := bufio.NewWriterSize(out, 1<<20)
	defer bw.Flush()
	opt := DefaultOptions()
	opt.MinScore = 90
	w := newWorld(len(a.terms), opt)
	w.onTick = func(f *Frame, touched []uint32) {
		for _, x := range touched {
			s := w.rings[x].series()
			v := view{s: s, b: &w.base[x], f: f, opt: &w.opt}
			d := v.hourWindow(25)
			if d.fresh < 5 {
				continue
			}
			v.expect()
			e := Evidence{}
			v.shape(&e)
			reg := 0
			if v.regular(&e) {
				reg = 1
			}
			b := &w.base[x]
			fmt.Fprintf(bw, "%d,%d,%.3f,%.3f,%.3f,%.3f,%.2f,%d,%.3f,%.3f", f.Pane, x, b.phi(0), b.phi(1), b.phi(2), b.voices, v.growth(), reg, b.scatter[0].square, f.Level)
			for _, p := range []int{1, 3, 6, 12, 24, 48, 72, 144} {
				wd := v.window(p)
				fmt.Fprintf(bw, ",%.1f,%.0f,%.4f", wd.fresh, wd.posts, wd.expected)
			}
			fmt.Fprintln(bw)
		}
	}
	w.run(a.posts)
	tf, _ := os.Create("/tmp/terms-" + name + ".txt")
	defer tf.Close()
	for _, x := range a.terms {
		fmt.Fprintln(tf, x)
	}
}
