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
	// lead is how long before the opening the life begins: trends need time to begin, to peak and to fade.
	lead = 84 * time.Hour
	// longest is for how long there is something to see after it. Then the platforms fall silent.
	longest = 30 * 24 * time.Hour
)

// opening is when a world is opened by the clock of its life, whatever time it is here: a Thursday, when the day begins in America.
// So every world that is opened shows the same, and shows enough.
var opening = time.Date(2026, time.June, 4, 15, 0, 0, 0, time.UTC)

// scenario is the life as bench/workload makes it. A trend comes about every hour, on one platform or several.
// They are larger than what Swell can just tell from noise: a demonstration is to show something. No tag
// belongs to a day of the week, since the life's is not ours.
func scenario(seed uint64, scale float64) workload.Config {
	return workload.Config{
		Seed: seed, Start: opening.Add(-lead), Days: int((lead + longest) / (24 * time.Hour)), Scale: scale,
		TrendsPerDay: 20, TrendSize: [2]float64{0.08, 0.3}, LeastTrend: 30,
		WeeklyRegulars: -1, DailyRegulars: 8, BurstsPerDay: 120, BotsPerDay: 8, SolosPerDay: 4, FloodsPerDay: 3,
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
