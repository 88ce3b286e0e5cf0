package chart

import "math"

// Lengths of a dash and of the gap behind it.
const (
	dashOn  = 6
	dashOff = 4
)

// dashes cuts a line into its dashes; one that is not dashed stays whole.
func dashes(line []Point, dashed bool) [][]Point {
	if !dashed {
		return [][]Point{line}
	}
	var pieces [][]Point
	on, left := true, float64(dashOn)
	piece := []Point{line[0]}
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		for done := 0.0; length-done > 1e-9; {
			step := min(left, length-done)
			done += step
			left -= step
			at := Point{from.X + float64((to.X-from.X)*(done/length)), from.Y + float64((to.Y-from.Y)*(done/length))}
			if on {
				piece = append(piece, at)
			}
			if left > 1e-9 {
				continue
			}
			if on {
				pieces = append(pieces, piece)
			}
			on, piece = !on, []Point{at}
			if left = dashOff; on {
				left = dashOn
			}
		}
	}
	if on && len(piece) > 1 {
		pieces = append(pieces, piece)
	}
	return pieces
}

// stroke returns polygons that cover a line of a width, with round joints.
func stroke(line []Point, width float64) [][]Point {
	var polygons [][]Point
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		if length == 0 {
			continue
		}
		// Half the width, at a right angle; the quarter turn fixes the way round.
		x, y := float64(-(to.Y-from.Y)/length*width/2), float64((to.X-from.X)/length*width/2)
		polygons = append(polygons, []Point{{from.X - x, from.Y - y}, {to.X - x, to.Y - y}, {to.X + x, to.Y + y}, {from.X + x, from.Y + y}})
		if i+1 < len(line) {
			polygons = append(polygons, circle(to, width/2))
		}
	}
	return polygons
}

// corners of the polygon that stands for a circle.
const corners = 24

func circle(at Point, radius float64) []Point {
	points := make([]Point, corners)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		points[i] = Point{at.X + float64(cos*radius), at.Y + float64(sin*radius)}
	}
	return points
}
