package chart

import (
	"flag"
	"html/template"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata anew")

// drawings are one of each chart, with what makes them special.
func drawings() map[string]interface{ SVG() template.HTML } {
	start := time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC) // clocks are put back in the night
	berlin := time.FixedZone("CEST", 2*3600)
	spark := &Spark{Label: "36 hours, 40 posts in the last one"}
	course := &Course{Zone: berlin, Label: "#a on TikTok", ID: "course", Authors: true, Now: start.Add(35*time.Hour + 20*time.Minute)}
	first, second := []Hour{}, []Hour{}
	for i := range 36 {
		posts, low, high := float64(10+i%7+max(0, i-20)*8), 5+float64(i%24)/4, 15+float64(i%24)/2
		if i == 35 {
			posts /= 3
		}
		spark.Posts, spark.Low, spark.High = append(spark.Posts, uint32(posts)), append(spark.Low, low), append(spark.High, high)
		if i == 8 || i == 9 {
			continue
		}
		h := Hour{Start: start.Add(time.Duration(i) * time.Hour), Posts: posts, Authors: posts * .75, Low: low, Expected: (low + high) / 2, High: high, Partial: i == 35}
		course.Hours = append(course.Hours, h)
		first = append(first, h)
		h.Posts = 100 - posts/2
		second = append(second, h)
	}
	spark.High[9] = math.NaN()
	course.Gaps = []Gap{{start.Add(8 * time.Hour), start.Add(10 * time.Hour)}}
	for i := range 6 {
		course.Fan = append(course.Fan, Ahead{start.Add(time.Duration(35+i) * time.Hour), 100 - float64(i)*10, 120, 140 + float64(i)*30})
	}
	course.Marks = []Mark{{start.Add(21 * time.Hour), "phase", "emerging"}, {start.Add(23 * time.Hour), "phase", "rising"}, {start.Add(24 * time.Hour), "alert", "new"}, {start.Add(27 * time.Hour), "note", "a <film> & its song"}}
	small := *course
	small.Small, small.Authors, small.ID, small.From = true, false, "small", start.Add(12*time.Hour)
	week := &Week{Label: "When people post", ID: "week", Best: []int{43, 44}}
	for i := range week.Lift {
		week.Lift[i], week.Notes[i] = math.Abs(math.Sin(float64(i%24)/24*math.Pi))*2, "an hour"
	}
	week.Lift[5] = math.NaN()
	return map[string]interface{ SVG() template.HTML }{
		"spark": spark, "course": course, "small": &small, "empty": &Course{Label: "nothing"}, "week": week,
		"left":  &Left{Age: 9, Low: 6, Mid: 14, High: 26, Phase: "rising", Label: "9 h old, 6 to 26 h left"},
		"lines": &Lines{Names: []string{"#a", "#سلام"}, Series: [][]Hour{first, second}, Zone: berlin, Label: "two terms", ID: "lines"},
		"share": &Lines{Names: []string{"#a", "#b"}, Series: [][]Hour{first, second}, Share: true, Label: "two terms"},
		"bar":   &Bar{Parts: []Part{{"English", .62}, {"日本語", .3}, {"<b>", .005}}, Label: "languages"},
		"wave": &Wave{Label: "five trends", Spots: []Spot{
			{"rising", .5, 1, "#spring", "/terms/hashtag/spring", "#spring: rising"}, {"rising", .52, .5, "#سلام", "/terms/hashtag/x", "rising"},
			{"emerging", 0, .2, "#日本の夏", "/terms/hashtag/y", "emerging"}, {"unconfirmed", .4, .1, "<script>", "javascript:alert(1)", "unconfirmed"}, {"over", 1, 1, "#gone", "/", "over"},
		}},
	}
}

func TestGolden(t *testing.T) {
	for name, c := range drawings() {
		svg := c.SVG()
		wellFormed(t, svg)
		got := strings.ReplaceAll(string(svg), "><", ">\n<") + "\n"
		file := filepath.Join("testdata", "golden", name+".svg")
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is drawn otherwise; look at it, then run with -update", name)
		}
	}
}
