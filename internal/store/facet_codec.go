package store

import (
	"encoding/binary"
	"errors"
)

const (
	facetFormat     = 1
	facetNewsFormat = 1
)

// facetKey is of the day first: the days that retention leaves are neighbours.
func facetKey(day uint32, v facetValue, part uint32) []byte {
	k := binary.BigEndian.AppendUint32([]byte{tabFacet}, day)
	k = append(append(k, byte(v.facet)), v.value...)
	return binary.BigEndian.AppendUint32(append(k, 0), part)
}

// facetFloorKey is of the record that says from which day on facets are kept.
func facetFloorKey() []byte { return []byte{tabFloor, tabFacet} }

func facetDay(key []byte) uint32 { return binary.BigEndian.Uint32(key[1:]) }

func facetNewsKey(pane uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{tabFacetNews}, pane)
}

// encodeFacetNews writes for each value its ordinals as differences.
func encodeFacetNews(news []facetNews) []byte {
	b := binary.AppendUvarint([]byte{facetNewsFormat}, uint64(len(news)))
	for _, n := range news {
		b = appendString(append(b, byte(n.facet)), n.value)
		b = binary.AppendUvarint(b, uint64(len(n.ords)))
		next := uint32(0)
		for _, ord := range n.ords {
			b = binary.AppendUvarint(b, uint64(ord-next))
			next = ord + 1
		}
	}
	return b
}

var errFacetOrder = errors.New("an ordinal is out of range")

func decodeFacetNews(body []byte) ([]facetNews, error) {
	r := reader{buf: body}
	r.format(facetNewsFormat)
	news := make([]facetNews, r.count(3))
	for i := range news {
		news[i].facetValue = facetValue{Facet(r.byte()), r.string()}
		ords := make([]uint32, r.count(1))
		next := uint64(0)
		for j := range ords {
			if next += uint64(r.uint32()); next >= maxOrdinal && r.err == nil {
				r.fail(errFacetOrder)
			}
			ords[j] = uint32(next)
			next++
		}
		news[i].ords = ords
	}
	return news, r.end()
}
