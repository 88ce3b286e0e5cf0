package rows

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// number is null in JSON where it is not known, as those of the answers are.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	format := byte('f')
	if x := math.Abs(float64(n)); x != 0 && (x < 1e-6 || x >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(nil, float64(n), format, -1, 64), nil
}

type span struct {
	Low  number `json:"low"`
	High number `json:"high"`
}

type posts struct {
	Count uint64 `json:"count"`
	Exact bool   `json:"exact"`
	Of    *span  `json:"of"`
}

type gauge struct {
	List string `json:"list"`
}

// sample has a field of every sort.
type sample struct {
	Kind    string `json:"kind"`
	Key     string `json:"key,omitempty"`
	Posts   *posts `json:"posts"`
	Left    span   `json:"hours_left"`
	gauge          // not exported, and so left out
	Inline  inline `json:"inline"`
	Started time.Time
}

type inline struct {
	Small int32  `json:"small"`
	Large int64  `json:"large"`
	Few   uint16 `json:"few"`
	Many  uint64 `json:"many"`
}

// row is what the tests write.
type row struct {
	Kind    string     `json:"kind"`
	Key     string     `json:"key,omitempty"`
	Posts   *posts     `json:"posts"`
	Left    span       `json:"hours_left"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended"`
	Flags   []string   `json:"flags"`
	Hours   []uint32   `json:"hours,omitempty"`
	Parts   []span     `json:"parts"`
	Name    *string    `json:"name"`
	Sure    *bool      `json:"sure"`
	Secret  string     `json:"-"`
	Inline
	Last number `json:"last"`
}

// Inline is embedded: its fields are those of the row.
type Inline struct {
	Small int32  `json:"small"`
	Large int64  `json:"large"`
	Few   uint16 `json:"few"`
	Many  uint64 `json:"many"`
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " ", "=1+1", "a,b", "a\"b", "a\r\nb", "\t", "\x00", "#BookTok", "Mañana", "書", "<b>&", "a;=b", "\xff"}))
}

func anyNumber() *rapid.Generator[number] {
	return rapid.Map(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1.5, -2, math.NaN(), math.Inf(1), 1e-9, 1e300})), func(x float64) number { return number(x) })
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Map(rapid.Int64Range(-1, 253402300799), func(s int64) time.Time {
		if s < 0 {
			return time.Time{}
		}
		return time.Unix(s, s%1e6*1000).UTC()
	})
}

func anyRow() *rapid.Generator[row] {
	some := func(t *rapid.T) bool { return rapid.Bool().Draw(t, "some") }
	return rapid.Custom(func(t *rapid.T) row {
		r := row{
			Kind: anyText().Draw(t, "kind"), Key: anyText().Draw(t, "key"), Left: span{anyNumber().Draw(t, "low"), anyNumber().Draw(t, "high")},
			Started: anyTime().Draw(t, "started"), Flags: rapid.SliceOfN(rapid.SampledFrom([]string{"new", "few", "=x"}), 0, 3).Draw(t, "flags"),
			Hours: rapid.SliceOfN(rapid.Uint32(), 0, 3).Draw(t, "hours"), Parts: []span{{1, 2}}, Secret: "s", Last: anyNumber().Draw(t, "last"),
			Inline: Inline{rapid.Int32().Draw(t, "small"), rapid.Int64().Draw(t, "large"), rapid.Uint16().Draw(t, "few"), rapid.Uint64().Draw(t, "many")},
		}
		if some(t) {
			r.Posts = &posts{Count: rapid.Uint64().Draw(t, "count"), Exact: some(t)}
			if some(t) {
				r.Posts.Of = &span{anyNumber().Draw(t, "low"), 2}
			}
		}
		if some(t) {
			name, ended, sure := anyText().Draw(t, "name"), anyTime().Draw(t, "ended"), some(t)
			r.Name, r.Ended, r.Sure = &name, &ended, &sure
		}
		return r
	})
}

// model flattens a row by way of its JSON.
func model(t interface{ Fatal(...any) }, r row) map[string]any {
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	flat := map[string]any{}
	flatten(flat, "", tree)
	return flat
}

func flatten(out map[string]any, prefix string, tree map[string]any) {
	for name, v := range tree {
		switch v := v.(type) {
		case map[string]any:
			flatten(out, prefix+name+"_", v)
		case []any:
			var members []string
			for _, m := range v {
				members = append(members, fmt.Sprint(m))
			}
			out[prefix+name] = strings.Join(members, ";")
		default:
			if v == "0001-01-01T00:00:00Z" {
				v = nil
			}
			out[prefix+name] = v
		}
	}
}

// want returns what a column holds by the model, as text; ok is false for null.
func want(flat map[string]any, c Column) (text string, ok bool) {
	v := flat[c.Name]
	switch {
	case v == nil && !c.Null && c.Kind == Text:
		return "", true // left out because it is empty
	case v == nil:
		return "", false
	}
	return fmt.Sprint(v), true
}

func write[T any](t interface{ Fatal(...any) }, o Options, batches ...[]T) []byte {
	var b bytes.Buffer
	w, err := NewWriter(&b, reflect.TypeFor[T](), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range batches {
		if err := w.Write(batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func columnsOf(t interface{ Fatal(...any) }) []Column {
	columns, err := Columns(reflect.TypeFor[row]())
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// oneLine is what of a text comes through a reader of CSV, and of invalid UTF-8 through any.
func oneLine(s string) string { return strings.ReplaceAll(valid(s), "\r\n", "\n") }

func TestFormatsSayTheSame(t *testing.T) {
	columns := columnsOf(t)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyRow(), 0, 6).Draw(t, "rows")
		checkJSON(t, columns, rows)
		checkCSV(t, columns, rows)
		checkParquet(t, columns, rows)
	})
}

func checkJSON(t *rapid.T, columns []Column, rows []row) {
	d := json.NewDecoder(bytes.NewReader(write(t, Options{Format: NDJSON}, rows)))
	d.UseNumber()
	for _, r := range rows {
		var got map[string]any
		if err := d.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(columns) {
			t.Fatalf("%d members, want %d", len(got), len(columns))
		}
		flat := model(t, r)
		for _, c := range columns {
			text, ok := want(flat, c)
			if v := got[c.Name]; ok != (v != nil) || ok && fmt.Sprint(v) != text {
				t.Fatalf("%s is %v, want %q, %t", c.Name, v, text, ok)
			}
		}
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("more than the rows: %v", err)
	}
}

func checkCSV(t *rapid.T, columns []Column, rows []row) {
	data := write(t, Options{Format: CSV, Raw: true}, rows)
	if !bytes.HasSuffix(data, []byte("\r\n")) {
		t.Fatal("the last line does not end with CR and LF")
	}
	got, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1+len(rows) {
		t.Fatalf("%d lines, want %d", len(got), 1+len(rows))
	}
	for i, r := range rows {
		flat := model(t, r)
		for c := range columns {
			text, _ := want(flat, columns[c])
			if got[0][c] != columns[c].Name || got[1+i][c] != oneLine(text) {
				t.Fatalf("%s is %q, want %q", got[0][c], got[1+i][c], text)
			}
		}
	}
}

func checkParquet(t *rapid.T, columns []Column, rows []row) {
	data := write(t, Options{Format: Parquet}, rows)
	got := readParquet(t, data)
	if len(got) != len(rows) {
		t.Fatalf("%d rows, want %d", len(got), len(rows))
	}
	for i, r := range rows {
		flat := model(t, r)
		for c := range columns {
			text, ok := want(flat, columns[c])
			if ok && columns[c].Kind == Time {
				at, err := time.Parse(time.RFC3339Nano, text)
				if err != nil {
					t.Fatal(err)
				}
				text = at.Truncate(time.Microsecond).Format(time.RFC3339Nano)
			}
			if v := got[i][c]; ok != (v != nil) || ok && fmt.Sprint(v) != text {
				t.Fatalf("%s is %v, want %q, %t", columns[c].Name, v, text, ok)
			}
		}
	}
}

// readParquet returns the values of a file, by row and column, as JSON would hold them.
func readParquet(t interface{ Fatal(...any) }, data []byte) [][]any {
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]any
	leaves := f.Schema().Columns()
	for _, g := range f.RowGroups() {
		rows := g.Rows()
		buf := make([]parquet.Row, 10)
		for {
			n, err := rows.ReadRows(buf)
			for _, r := range buf[:n] {
				values := make([]any, len(leaves))
				for _, v := range r {
					values[v.Column()] = plain(f.Schema(), leaves[v.Column()], v)
				}
				out = append(out, values)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func plain(schema *parquet.Schema, path []string, v parquet.Value) any {
	leaf, _ := schema.Lookup(path...)
	logical := leaf.Node.Type().LogicalType()
	text := func(n any) any {
		data, _ := json.Marshal(n) // numbers alone
		return string(data)
	}
	switch {
	case v.IsNull():
		return nil
	case v.Kind() == parquet.Boolean:
		return v.Boolean()
	case v.Kind() == parquet.Double:
		return text(number(v.Double()))
	case v.Kind() == parquet.ByteArray:
		return string(v.ByteArray())
	case strings.HasPrefix(fmt.Sprint(logical), "TIMESTAMP"):
		return time.UnixMicro(v.Int64()).UTC().Format(time.RFC3339Nano)
	case v.Kind() == parquet.Int32 && strings.Contains(fmt.Sprint(logical), "false"):
		return text(uint32(v.Int32()))
	case v.Kind() == parquet.Int32:
		return text(v.Int32())
	case strings.Contains(fmt.Sprint(logical), "false"):
		return text(uint64(v.Int64()))
	}
	return text(v.Int64())
}

type narrow struct {
	Key   string `json:"key"`
	Large int64  `json:"large"`
	Rate  number `json:"rate"`
}

// TestBytesAreThoseOfTheRows holds that batches do not matter, also over the edge of a row group.
func TestBytesAreThoseOfTheRows(t *testing.T) {
	rows := make([]narrow, groupRows+777)
	for i := range rows {
		rows[i] = narrow{Key: fmt.Sprint("key", i%1000), Large: int64(i), Rate: number(i) / 7}
	}
	for _, f := range Formats() {
		rows := rows
		if f != Parquet {
			rows = rows[:3000] // some buffers full
		}
		once := write(t, Options{Format: f}, rows)
		if parts := write(t, Options{Format: f}, rows[:1], rows[1:1], rows[1:1000], rows[1000:]); !bytes.Equal(once, parts) {
			t.Errorf("%v: other bytes when written in parts", f)
		}
		if f == Parquet {
			file, err := parquet.OpenFile(bytes.NewReader(once), int64(len(once)))
			if err != nil {
				t.Fatal(err)
			}
			if n := len(file.RowGroups()); n != 2 {
				t.Errorf("%d row groups, want 2", n)
			}
			last := readParquet(t, once)[len(rows)-1]
			if fmt.Sprint(last[0]) != rows[len(rows)-1].Key {
				t.Errorf("the last row is %v", last)
			}
		}
	}
}

// TestGolden holds the bytes to what was once looked at. Where they have to change, Version rises.
func TestGolden(t *testing.T) {
	at, name, sure := time.Date(2026, 3, 6, 4, 20, 0, 123456000, time.UTC), "=HYPERLINK(\"http://x\")", true
	rows := []row{
		{
			Kind: "hashtag", Key: "booktok", Posts: &posts{Count: 168, Exact: true, Of: &span{1.5, number(math.NaN())}}, Left: span{20.1, 63.5}, Started: at, Ended: &at,
			Flags: []string{"new", "few"}, Hours: []uint32{1, 2, 3}, Parts: []span{{}}, Name: &name, Sure: &sure,
			Inline: Inline{-5, -6, 7, math.MaxUint64}, Last: -1.25,
		},
		{Kind: "sound", Key: "a\r\nb, \"c\"", Left: span{number(math.NaN()), 0}, Last: 1e-7},
	}
	for file, o := range map[string]Options{
		"table.ndjson": {Format: NDJSON}, "table.csv": {Format: CSV}, "raw.csv": {Format: CSV, Raw: true},
		"table.parquet": {Format: Parquet, Notes: map[string]string{"b": "2", "a": "1"}},
	} {
		got, path := write(t, o, rows), filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		held, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(held), string(got)); diff != "" {
			t.Errorf("%s differs (go test -update writes it anew):\n%s", path, diff)
		}
	}
}

func TestTypes(t *testing.T) {
	type deep struct {
		In *sample `json:"in"`
	}
	type twice struct {
		A string `json:"a_b"`
		B struct {
			C string `json:"b"`
		} `json:"a"`
	}
	type odd struct {
		M map[string]int `json:"m"`
	}
	type without struct{ A string }
	type endless struct {
		Name string   `json:"name"`
		Next *endless `json:"next"`
	}
	for name, c := range map[string]struct {
		row  any
		says string
	}{
		"no struct": {5, "int is not a struct"}, "a time": {time.Time{}, "not a struct"}, "two of a name": {twice{}, `two columns "a_b"`}, "a map": {odd{}, "odd.M"},
		"no tag": {without{}, "without.A has no json tag"}, "no tag below": {deep{}, "Started has no json tag"}, "no columns": {struct{}{}, "no column"}, "endless": {endless{}, "deep"},
	} {
		if _, err := NewWriter(io.Discard, reflect.TypeOf(c.row), Options{Format: CSV}); !errors.Is(err, ErrType) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: got %v, want ErrType with %q", name, err, c.says)
		}
	}
	if _, err := NewWriter(io.Discard, reflect.TypeFor[row](), Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("no format: got %v", err)
	}
	if _, err := ParseFormat("xlsx"); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "ndjson, csv, parquet") {
		t.Errorf("got %v", err)
	}
	for _, f := range Formats() {
		if got, err := ParseFormat(f.String()); got != f || err != nil || f.MediaType() == "" || !strings.HasPrefix(f.ContentType(), f.MediaType()) {
			t.Errorf("%v: got %v, %v", f, got, err)
		}
	}
}

// failing fails after some bytes.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestErrorsStay(t *testing.T) {
	for _, f := range Formats() {
		for _, room := range []int{0, 20_000} {
			w, err := NewWriter(&failing{room}, reflect.TypeFor[row](), Options{Format: f})
			if err != nil {
				t.Fatal(err)
			}
			rows := make([]row, 1000)
			for i := range rows {
				sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)}) // does not shrink
				rows[i].Key = hex.EncodeToString(append(sum[:], sum[:8]...))
			}
			for range 2 {
				if err = w.Write(rows); err != nil {
					break
				}
			}
			first := err
			if err := w.Close(); !errors.Is(err, errFull) || first != nil && err != first {
				t.Errorf("%v, %d bytes: Write gave %v, Close %v", f, room, first, err)
			}
			if err := w.Write(rows); !errors.Is(err, errFull) {
				t.Errorf("%v: Write behind an error gave %v", f, err)
			}
		}
		w, err := NewWriter(io.Discard, reflect.TypeFor[row](), Options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write([]span{{}}); !errors.Is(err, ErrType) {
			t.Errorf("%v: other rows gave %v", f, err)
		}
		if err := errors.Join(w.Write([]row{{}}), w.Close()); err != nil {
			t.Errorf("%v: a slip spoilt the writer: %v", f, err)
		}
		if err := w.Write([]row{{}}); !errors.Is(err, ErrClosed) {
			t.Errorf("%v: Write behind the end gave %v", f, err)
		}
	}
}
