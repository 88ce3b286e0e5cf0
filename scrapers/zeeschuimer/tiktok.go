package zeeschuimer

import "github.com/swell-radar/swell/term"

// extra is a hashtag or a mention within a text of TikTok's.
type extra struct {
	Hashtag text `json:"hashtagName"`
	User    text `json:"userUniqueId"`
}

type tikTokStats struct {
	Likes    count `json:"diggCount"`
	Comments count `json:"commentCount"`
	Shares   count `json:"shareCount"`
	Views    count `json:"playCount"`
	Saves    count `json:"collectCount"`
}

func readTikTok(data []byte, e *envelope, rec *term.Record) error {
	var v struct {
		ID       text    `json:"id"`
		Created  instant `json:"createTime"`
		Desc     text    `json:"desc"`
		Author   named   `json:"author"`
		Lang     text    `json:"textLanguage"`
		Location text    `json:"locationCreated"`
		Music    soft[struct {
			ID     text `json:"id"`
			Title  text `json:"title"`
			Author text `json:"authorName"`
		}] `json:"music"`
		Stats      soft[tikTokStats] `json:"stats"`
		StatsV2    soft[tikTokStats] `json:"statsV2"`
		Extra      soft[[]extra]     `json:"textExtra"`
		Challenges soft[[]struct {
			Title text `json:"title"`
		}] `json:"challenges"`
		Contents soft[[]struct {
			Extra soft[[]extra] `json:"textExtra"`
		}] `json:"contents"`
	}
	if err := object(data, &v); err != nil {
		return err
	}
	if v.Created == 0 {
		return untimely("createTime")
	}
	rec.TS, rec.ID, rec.Author, rec.Text = int64(v.Created), first(v.ID, e.Item), string(v.Author), string(v.Desc)
	rec.Region, rec.Links = string(v.Location), term.LinksIn(nil, rec.Text)
	if v.Lang != "un" { // undetermined
		rec.Lang = string(v.Lang)
	}
	extras := v.Extra.V
	for _, c := range v.Contents.V {
		extras = append(extras, c.Extra.V...)
	}
	for _, x := range extras {
		rec.Tags = addText(rec.Tags, x.Hashtag)
		rec.Mentions = addText(rec.Mentions, x.User)
	}
	for _, c := range v.Challenges.V {
		rec.Tags = addText(rec.Tags, c.Title)
	}
	if m := v.Music.V; m.ID != "" || m.Title != "" {
		rec.Sound = &term.SoundRef{ID: string(m.ID), Title: string(m.Title), Artist: string(m.Author)}
	}
	exact, rounded := v.StatsV2.V, v.Stats.V
	addMetric(rec, "comments", exact.Comments, rounded.Comments)
	addMetric(rec, "likes", exact.Likes, rounded.Likes)
	addMetric(rec, "saves", exact.Saves, rounded.Saves)
	addMetric(rec, "shares", exact.Shares, rounded.Shares)
	addMetric(rec, "views", exact.Views, rounded.Views)
	return nil
}
