package demo

import (
	"time"

	"github.com/swell-radar/swell/bench/workload"
)

// The platforms of the life. Those of posts are read post by post, from the others only lists are seen.
const (
	bluesky  = "bluesky"
	mastodon = "mastodon"
	nostr    = "nostr"
	misskey  = "misskey"
	youtube  = "youtube"
	reddit   = "reddit"
	web      = "web"
	tiktok   = "tiktok"
)

const (
	// lead is how long before its past the life begins: trends need time to begin, to peak and to fade.
	lead = 48 * time.Hour
	// longest is for how long there is something to see. Then the platforms fall silent.
	longest = 60 * 24 * time.Hour
)

// scenario is the life as bench/workload makes it. A trend comes about every two hours, on one platform or several.
// They are larger than what Swell can just tell from noise: a demonstration is to show something.
func scenario(o *Options) workload.Config {
	const day = 24 * time.Hour
	before := o.Past + lead
	return workload.Config{
		Seed: o.Seed, Start: o.Now().Add(-before).UTC().Truncate(time.Hour), Days: int((before + longest + day) / day), Scale: o.Scale,
		TrendsPerDay: 12, TrendSize: [2]float64{0.1, 0.4}, LeastTrend: 30,
		BurstsPerDay: 120, BotsPerDay: 8, SolosPerDay: 4, FloodsPerDay: 3,
		Platforms: []workload.Platform{
			{
				Name: bluesky, PostsPerHour: 2000, Office: 0.45, Weekend: 0.9, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "en", Weight: 50}, {Lang: "ja", Weight: 18}, {Lang: "pt", Weight: 14}, {Lang: "de", Weight: 10}, {Lang: "es", Weight: 8}},
			},
			{
				Name: mastodon, PostsPerHour: 450, Office: 0.5, Weekend: 1, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "en", Weight: 50}, {Lang: "de", Weight: 30}, {Lang: "ja", Weight: 20}},
			},
			{
				Name: nostr, PostsPerHour: 250, Office: 0.3, Weekend: 1, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "en", Weight: 70}, {Lang: "pt", Weight: 30}},
			},
			{
				Name: misskey, PostsPerHour: 300, Office: 0.2, Weekend: 1.2, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "ja", Weight: 90}, {Lang: "ko", Weight: 10}},
			},
			{
				Name: youtube, PostsPerHour: 60, Office: 0.35, Weekend: 1.1, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "en", Weight: 70}, {Lang: "es", Weight: 30}},
			},
			{
				Name: reddit, PostsPerHour: 60, Office: 0.4, Weekend: 1, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "en", Weight: 100}},
			},
			{
				Name: web, PostsPerHour: 60, Office: 0.9, Weekend: 0.6, Tags: workload.InText,
				Audience: []workload.Share{{Lang: "en", Weight: 60}, {Lang: "de", Weight: 40}},
			},
			{
				Name: tiktok, PostsPerHour: 800, Office: 0.1, Weekend: 1.25, Tags: workload.InText, Sounds: 0.8,
				Audience: []workload.Share{{Lang: "en", Weight: 45}, {Lang: "es", Weight: 20}, {Lang: "pt", Weight: 20}, {Lang: "id", Weight: 15}},
			},
		},
	}
}
