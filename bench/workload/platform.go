package workload

import "fmt"

// Platform describes one made-up platform and who is on it.
type Platform struct {
	// Name stands in the records: lower case, as in "tiktok".
	Name string
	// PostsPerHour is the mean background volume at scale 1.
	PostsPerHour float64
	// Audience is who writes; the shares need not add up to 1.
	Audience []Share
	// Office is the share of people who write in working hours; the others
	// write in the evening. 0 to 1.
	Office float64
	// Weekend is the volume of a Saturday or Sunday relative to a weekday.
	Weekend float64
	// Tags says where a post carries its hashtags.
	Tags Placement
	// Sounds is the share of posts that use a sound. 0 to 1.
	Sounds float64
	// Reposts is the share of posts that repeat another. 0 to 1.
	Reposts float64
	// Metric names the counter that records carry beside "likes": "views",
	// "shares", …; empty for none.
	Metric string
}

// Share is the weight of one language in a platform's audience.
type Share struct {
	Lang   string // one of [Languages]
	Weight float64
}

// Placement says where a platform's posts carry hashtags.
type Placement uint8

// The placements.
const (
	// InText puts them into the text alone: they have to be found there.
	InText Placement = iota
	// Listed puts them into the tag list alone, beside a text without any.
	Listed
	// Both lists them all and shows only some in the text.
	Both
)

// DefaultPlatforms returns five platforms that differ in volume, audience, daily
// rhythm and record shape. The caller owns the result.
func DefaultPlatforms() []Platform {
	return []Platform{
		{
			Name: "tiktok", PostsPerHour: 1500, Office: 0.1, Weekend: 1.25, Tags: Both, Sounds: 0.7, Metric: "views",
			Audience: []Share{{"en", 34}, {"es", 14}, {"pt", 10}, {"id", 12}, {"ar", 8}, {"tr", 6}, {"ja", 6}, {"ko", 3}, {"hi", 3}, {"de", 4}},
		},
		{
			Name: "instagram", PostsPerHour: 900, Office: 0.25, Weekend: 1.15, Tags: InText, Sounds: 0.3, Metric: "comments",
			Audience: []Share{{"en", 34}, {"pt", 14}, {"hi", 12}, {"es", 12}, {"id", 8}, {"tr", 7}, {"ar", 5}, {"de", 5}, {"ja", 3}},
		},
		{
			Name: "x", PostsPerHour: 1400, Office: 0.55, Weekend: 0.85, Tags: InText, Reposts: 0.15, Metric: "shares",
			Audience: []Share{{"en", 36}, {"ja", 22}, {"es", 11}, {"ar", 8}, {"tr", 6}, {"pt", 6}, {"ko", 5}, {"hi", 4}, {"id", 2}},
		},
		{
			Name: "youtube", PostsPerHour: 450, Office: 0.35, Weekend: 1.1, Tags: Listed, Metric: "views",
			Audience: []Share{{"en", 36}, {"hi", 22}, {"es", 13}, {"pt", 10}, {"ko", 7}, {"de", 6}, {"ja", 6}},
		},
		{
			Name: "bluesky", PostsPerHour: 700, Office: 0.45, Weekend: 0.9, Tags: Both, Reposts: 0.1,
			Audience: []Share{{"en", 55}, {"ja", 20}, {"pt", 13}, {"de", 7}, {"es", 3}, {"ko", 2}},
		},
	}
}

func (p *Platform) validate() error {
	bad := func(field string, v any, allowed string) error {
		return fmt.Errorf("%w: %s of platform %q is %v; give %s", ErrConfig, field, p.Name, v, allowed)
	}
	share := func(v float64) bool { return v >= 0 && v <= 1 }
	switch {
	case p.Name == "" || len(p.Name) > 32:
		return bad("Name", fmt.Sprintf("%q", p.Name), "1 to 32 bytes")
	case !(p.PostsPerHour > 0 && p.PostsPerHour <= 1e7):
		return bad("PostsPerHour", p.PostsPerHour, "more than 0, at most 1e7")
	case !(p.Weekend > 0 && p.Weekend <= 10):
		return bad("Weekend", p.Weekend, "more than 0, at most 10")
	case !share(p.Office):
		return bad("Office", p.Office, "0 to 1")
	case !share(p.Sounds):
		return bad("Sounds", p.Sounds, "0 to 1")
	case !share(p.Reposts):
		return bad("Reposts", p.Reposts, "0 to 1")
	case p.Tags > Both:
		return bad("Tags", p.Tags, "InText, Listed or Both")
	case p.Metric == "likes":
		return bad("Metric", `"likes"`, "the name of another counter, or nothing")
	case len(p.Audience) == 0:
		return bad("Audience", "empty", "one or more languages")
	}
	seen := map[string]bool{}
	for _, s := range p.Audience {
		switch {
		case localeOf(s.Lang) == nil:
			return bad("Audience", fmt.Sprintf("%q", s.Lang), fmt.Sprintf("languages out of %v", Languages()))
		case seen[s.Lang]:
			return bad("Audience", fmt.Sprintf("%q twice", s.Lang), "each language once")
		case !(s.Weight > 0 && s.Weight <= 1e6):
			return bad("the weight of "+s.Lang, s.Weight, "more than 0, at most 1e6")
		}
		seen[s.Lang] = true
	}
	return nil
}
