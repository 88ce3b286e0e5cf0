package rows

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	// groupRows is how many rows are gathered before they are written, by column: as many as
	// DuckDB takes for one of its threads.
	groupRows = 122_880
	// batchRows is how many rows are handed over at once.
	batchRows = 64
	// pageBytes is the size of a page before it is compressed.
	pageBytes = 64 << 10
	// dictionaryBytes is how large the dictionary of a column may get: where most texts are
	// different, it would save nothing.
	dictionaryBytes = 1 << 20
)

// codec keeps compressors for the next writers: to make one takes longer than to write a short table.
var codec = &zstd.Codec{}

// parquetEncoder writes rows by column.
type parquetEncoder struct {
	out     *parquet.GenericWriter[any]
	columns []Column
	rows    []parquet.Row // of the batch; each has its values in values
	values  []parquet.Value
	n       int
}

func newParquet(w io.Writer, columns []Column, notes map[string]string) (*parquetEncoder, error) {
	options := []parquet.WriterOption{
		parquet.CreatedBy("swell", strconv.Itoa(Version), ""),
		parquet.Compression(codec),
		parquet.MaxRowsPerRowGroup(groupRows),
		parquet.PageBufferSize(pageBytes),
		parquet.DataPageVersion(1), // the one that all readers know
		parquet.DictionaryMaxBytes(dictionaryBytes),
	}
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		options = append(options, parquet.KeyValueMetadata(name, notes[name]))
	}
	config, err := parquet.NewWriterConfig(options...)
	if err != nil {
		return nil, fmt.Errorf("cannot write Parquet: %w", err)
	}
	e := &parquetEncoder{
		out:     parquet.NewGenericWriter[any](w, parquet.NewSchema("row", inOrder(columns)), config),
		columns: columns, rows: make([]parquet.Row, batchRows), values: make([]parquet.Value, batchRows*len(columns)),
	}
	for i := range e.rows {
		e.rows[i] = e.values[i*len(columns) : (i+1)*len(columns)]
	}
	return e, nil
}

func (e *parquetEncoder) write(cells []cell) error {
	row := e.rows[e.n]
	for i := range cells {
		c := &e.columns[i]
		v, present := valueOf(c.Kind, &cells[i])
		level := 0
		if c.Null && present {
			level = 1
		}
		row[i] = v.Level(0, level, i)
	}
	if e.n++; e.n < batchRows {
		return nil
	}
	return e.flush()
}

func (e *parquetEncoder) flush() error {
	_, err := e.out.WriteRows(e.rows[:e.n])
	e.n = 0
	if err != nil {
		return fmt.Errorf("cannot write a table: %w", err)
	}
	return nil
}

func (e *parquetEncoder) close() error {
	if err := e.flush(); err != nil {
		return err
	}
	if err := e.out.Close(); err != nil {
		return fmt.Errorf("cannot write a table: %w", err)
	}
	return nil
}

// valueOf returns a cell as a value, and whether it is one: else it is null.
func valueOf(kind Kind, v *cell) (parquet.Value, bool) {
	if v.null {
		return parquet.NullValue(), false
	}
	switch kind {
	case Text:
		return parquet.ByteArrayValue([]byte(v.text)), true
	case Bool:
		return parquet.BooleanValue(v.truth), true
	case Int32:
		return parquet.Int32Value(int32(v.int)), true
	case Int64:
		return parquet.Int64Value(v.int), true
	case Uint32:
		return parquet.Int32Value(int32(uint32(v.uint))), true
	case Uint64:
		return parquet.Int64Value(int64(v.uint)), true
	case Time:
		return parquet.Int64Value(v.time.UnixMicro()), true
	}
	return parquet.DoubleValue(v.float), true
}

// inOrder returns the columns as a group that keeps their order, which a map would not.
func inOrder(columns []Column) parquet.Node {
	g := ordered{Group: parquet.Group{}}
	for _, c := range columns {
		node := nodeOf(c.Kind)
		if c.Null {
			node = parquet.Optional(node)
		}
		g.Group[c.Name] = node
	}
	byName := map[string]parquet.Field{}
	for _, f := range g.Group.Fields() {
		byName[f.Name()] = f
	}
	for _, c := range columns {
		g.fields = append(g.fields, byName[c.Name])
	}
	return g
}

// ordered is a group whose fields are in the order of columns.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

// Fields implements [parquet.Node].
func (g ordered) Fields() []parquet.Field { return g.fields }

func nodeOf(kind Kind) parquet.Node {
	switch kind {
	case Text:
		return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	case Bool:
		return parquet.Leaf(parquet.BooleanType)
	case Int32:
		return parquet.Int(32)
	case Int64:
		return parquet.Int(64)
	case Uint32:
		return parquet.Uint(32)
	case Uint64:
		return parquet.Uint(64)
	case Time:
		return parquet.Timestamp(parquet.Microsecond)
	}
	return parquet.Leaf(parquet.DoubleType)
}
