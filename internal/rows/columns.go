package rows

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Kind is the type of a column.
type Kind uint8

// The kinds of columns.
const (
	Text Kind = iota + 1
	Bool
	Int32
	Int64
	Uint32
	Uint64
	Float
	Time
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
	Null bool // it can be null

	path []int // of fields; a pointer on the way is followed
	list bool  // the members are joined
}

var timeType = reflect.TypeFor[time.Time]()

// Columns returns the columns of a struct type. Errors wrap [ErrType] and name the field.
func Columns(t reflect.Type) ([]Column, error) {
	if t == nil || t.Kind() != reflect.Struct || t == timeType {
		return nil, fmt.Errorf("%w: %v is not a struct", ErrType, t)
	}
	var p planner
	if err := p.fields(t, nil, "", false); err != nil {
		return nil, err
	}
	if len(p.columns) == 0 {
		return nil, fmt.Errorf("%w: %v has no column; give its fields json tags", ErrType, t)
	}
	seen := map[string]bool{}
	for _, c := range p.columns {
		if seen[c.Name] {
			return nil, fmt.Errorf("%w: %v has two columns %q; rename a field", ErrType, t, c.Name)
		}
		seen[c.Name] = true
	}
	return p.columns, nil
}

// planner gathers the columns of a type.
type planner struct {
	columns []Column
	depth   int
}

// maxDepth is how deep structs may be nested: one that holds itself would never end.
const maxDepth = 8

func (p *planner) fields(t reflect.Type, path []int, prefix string, null bool) error {
	if p.depth++; p.depth > maxDepth {
		return fmt.Errorf("%w: %v is nested more than %d deep", ErrType, t, maxDepth)
	}
	defer func() { p.depth-- }()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		here := append(append([]int{}, path...), i)
		switch {
		case !f.IsExported() || name == "-":
			continue
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			if err := p.fields(f.Type, here, prefix, null); err != nil {
				return err
			}
			continue
		case name == "":
			return fmt.Errorf("%w: the field %v.%s has no json tag", ErrType, t, f.Name)
		}
		if err := p.field(f.Type, here, prefix+name, null); err != nil {
			return fmt.Errorf("the field %v.%s: %w", t, f.Name, err)
		}
	}
	return nil
}

func (p *planner) field(t reflect.Type, path []int, name string, null bool) error {
	if t.Kind() == reflect.Pointer {
		t, null = t.Elem(), true
	}
	c := Column{Name: name, Null: null, path: path}
	switch {
	case t == timeType:
		c.Kind, c.Null = Time, true
	case t.Kind() == reflect.Struct:
		return p.fields(t, path, name+"_", null)
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		if kindOf(t.Elem()) == 0 {
			return nil
		}
		c.Kind, c.list = Text, true
	default:
		if c.Kind = kindOf(t); c.Kind == 0 {
			return fmt.Errorf("%w: %v is no value of a cell", ErrType, t)
		}
		c.Null = c.Null || c.Kind == Float
	}
	p.columns = append(p.columns, c)
	return nil
}

// kindOf returns the kind of a column of plain values; 0: there is none.
func kindOf(t reflect.Type) Kind {
	switch t.Kind() {
	case reflect.String:
		return Text
	case reflect.Bool:
		return Bool
	case reflect.Int8, reflect.Int16, reflect.Int32:
		return Int32
	case reflect.Int, reflect.Int64:
		return Int64
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return Uint32
	case reflect.Uint, reflect.Uint64:
		return Uint64
	case reflect.Float32, reflect.Float64:
		return Float
	}
	return 0
}

// cell is a value of a row; which of the fields holds it the column's kind says.
type cell struct {
	null  bool
	truth bool
	int   int64
	uint  uint64
	float float64
	text  string
	time  time.Time
}

// read takes the column's value from a row.
func (c *Column) read(row reflect.Value, out *cell) {
	*out = cell{}
	v := row
	for _, i := range c.path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				out.null = true
				return
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			out.null = true
			return
		}
		v = v.Elem()
	}
	switch {
	case c.list:
		out.text = valid(joined(v))
	case c.Kind == Text:
		out.text = valid(v.String())
	case c.Kind == Bool:
		out.truth = v.Bool()
	case c.Kind == Int32 || c.Kind == Int64:
		out.int = v.Int()
	case c.Kind == Uint32 || c.Kind == Uint64:
		out.uint = v.Uint()
	case c.Kind == Float:
		out.float = v.Float()
		out.null = math.IsNaN(out.float) || math.IsInf(out.float, 0)
	case c.Kind == Time:
		out.time = v.Addr().Interface().(*time.Time).UTC() // members of slices have addresses
		out.null = !writable(out.time)
	}
}

// writable reports whether a time is one that all formats can tell.
func writable(t time.Time) bool { return !t.IsZero() && t.Year() >= 0 && t.Year() <= 9999 }

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// joined returns the members of a list as one text.
func joined(list reflect.Value) string {
	var b []byte
	for i := range list.Len() {
		if i > 0 {
			b = append(b, ';')
		}
		switch v := list.Index(i); kindOf(v.Type()) {
		case Text:
			b = append(b, v.String()...)
		case Bool:
			b = strconv.AppendBool(b, v.Bool())
		case Int32, Int64:
			b = strconv.AppendInt(b, v.Int(), 10)
		case Uint32, Uint64:
			b = strconv.AppendUint(b, v.Uint(), 10)
		case Float:
			if x := v.Float(); !math.IsNaN(x) && !math.IsInf(x, 0) {
				b = appendFloat(b, x)
			}
		}
	}
	return string(b)
}

// appendFloat appends the shortest number that is read as x again, as JSON writes it.
func appendFloat(b []byte, x float64) []byte {
	format := byte('f')
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, x, format, -1, 64)
}

// appendTime appends a time in RFC 3339, with the parts of a second that it has.
func appendTime(b []byte, t time.Time) []byte { return t.AppendFormat(b, time.RFC3339Nano) }
