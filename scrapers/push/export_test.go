package push

import (
	"fmt"
	"strings"
	"testing"
)

// exported returns a line of Zeeschuimer's with the given ID and time in seconds.
func exported(id string, ts int64) string {
	return fmt.Sprintf(`{"nav_index":"1:0","item_id":%q,"timestamp_collected":%d,"source_platform":"tiktok.com","data":{"id":%q,"createTime":%d,"desc":"it is #today","author":{"uniqueId":"a-%s"}}}`,
		id, ts*1000, id, ts, id)
}

// TestExportedPostsAmongLines: what Zeeschuimer exports is read where it stands, and what is wrong
// with it is told as of any line.
func TestExportedPostsAmongLines(t *testing.T) {
	lines := []string{
		good("1", start), exported("2", start+1), `{"source_platform":"gab.com","item_id":"3","data":{}}`, good("4", start+2),
		`{"item_id":"5","source_platform":"tiktok.com","data":{"id":"5","desc":"no time"}}`,
		`{"item_id":"6","source_platform":"tiktok.com","data":{"id":"6","createTime":1700000000}}`,
		`{"item_id":"7","source_platform":"tiktok.com","data":{`,
		exported("8", start+3), `{"platform":"x","text":"says \"source_platform\" and \"item_id\""}`, good("9", start+4),
	}
	for _, f := range allFormats {
		path := write(t, "mixed.ndjson", pack(t, f, []byte(strings.Join(lines, "\n")+"\n")))
		for _, workers := range []int{1, 4} {
			out := replay(t, path, Options{Workers: workers})
			if got := strings.Join(out.ids, " "); got != "1 2 4 8 9" {
				t.Errorf("%s: records %s", f, got)
			}
			if got := strings.Join(out.classes(), " "); got != "3:field 5:time 6:empty 7:syntax 9:time" {
				t.Errorf("%s: bad lines %s", f, got)
			}
			if out.raw[0] != lines[2] || !strings.Contains(out.bad[0].Reason, `source_platform is "gab.com"`) {
				t.Errorf("%s: line 3 is set aside as %q: %s", f, out.raw[0], out.bad[0].Reason)
			}
			// From the middle of the file the same comes.
			r, rest := open(t, path, Options{Workers: workers, Resume: &out.cursors[1]})
			_ = rest.drain(r, -1) // to the end
			if got := strings.Join(rest.ids, " "); got != "4 8 9" {
				t.Errorf("%s: after the second record come %s", f, got)
			}
		}
	}
}
