package term

import "fmt"

var unitNames = [...]string{
	UnitTotal: "total", UnitRank: "rank", UnitBucket: "bucket", UnitPercent: "percent", UnitIndex: "index",
}

// Units lists every unit in the order of their numbers.
func Units() []Unit { return []Unit{UnitTotal, UnitRank, UnitBucket, UnitPercent, UnitIndex} }

// String returns the unit's name as it stands in records and in the API.
func (u Unit) String() string {
	if u == 0 || int(u) >= len(unitNames) {
		return fmt.Sprintf("unit(%d)", uint8(u))
	}
	return unitNames[u]
}

// ParseUnit returns the unit with the given name. The error lists the names that exist.
func ParseUnit(name string) (Unit, error) {
	for _, u := range Units() {
		if unitNames[u] == name {
			return u, nil
		}
	}
	return 0, fmt.Errorf("term: unknown unit %s; the units are %v", quote(name), Units())
}

// UnitOf returns the unit that a reading has when its record does not say:
// "rank" is a rank; views, reads, posts, uses, videos, plays, likes and listens
// are totals; anything else is an index.
func UnitOf(name string) Unit {
	switch name {
	case "rank":
		return UnitRank
	case "views", "reads", "posts", "uses", "videos", "plays", "likes", "listens":
		return UnitTotal
	}
	return UnitIndex
}
