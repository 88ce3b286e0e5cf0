package zeeschuimer

import (
	"encoding/json"

	"github.com/swell-radar/swell/term"
)

// caption is the text of a post: a string, or an object with it.
type caption string

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (c *caption) UnmarshalJSON(raw []byte) error {
	*c = ""
	var s text
	if len(raw) > 0 && raw[0] == '{' {
		var in struct {
			Text text `json:"text"`
		}
		if json.Unmarshal(raw, &in) == nil {
			s = in.Text
		}
	} else {
		_ = s.UnmarshalJSON(raw) // never fails
	}
	*c = caption(s)
	return nil
}

// post is what posts of Instagram and Threads have in common.
type post struct {
	Code      text    `json:"code"`
	Shortcode text    `json:"shortcode"` // of an older form
	Caption   caption `json:"caption"`
	Older     soft[struct {
		Edges []struct {
			Node struct {
				Text text `json:"text"`
			} `json:"node"`
		} `json:"edges"`
	}] `json:"edge_media_to_caption"`
	Taken      instant `json:"taken_at"`
	TakenOlder instant `json:"taken_at_timestamp"`
	User       named   `json:"user"`
	Owner      named   `json:"owner"`
	Likes      count   `json:"like_count"`
	Comments   count   `json:"comment_count"`
	Plays      count   `json:"play_count"`
	IGPlays    count   `json:"ig_play_count"`
	Views      count   `json:"view_count"`
}

// fill fills in what both platforms have.
func (p *post) fill(e *envelope, rec *term.Record) error {
	at := p.Taken
	if at == 0 {
		at = p.TakenOlder
	}
	if at == 0 {
		return untimely("taken_at")
	}
	rec.TS, rec.ID, rec.Author = int64(at), first(p.Code, p.Shortcode, e.Item), first(p.User, p.Owner)
	rec.Text = string(p.Caption)
	if edges := p.Older.V.Edges; rec.Text == "" && len(edges) > 0 {
		rec.Text = string(edges[0].Node.Text)
	}
	addMetric(rec, "likes", p.Likes)
	return nil
}

// music is what a clip says of its sound.
type music struct {
	Info soft[struct {
		Asset soft[struct {
			Cluster text `json:"audio_cluster_id"`
			ID      text `json:"id"`
			Title   text `json:"title"`
			Artist  text `json:"display_artist"`
		}] `json:"music_asset_info"`
	}] `json:"music_info"`
	Original soft[struct {
		ID     text  `json:"audio_asset_id"`
		Title  text  `json:"original_audio_title"`
		Artist named `json:"ig_artist"`
	}] `json:"original_sound_info"`
}

func readInstagram(data []byte, e *envelope, rec *term.Record) error {
	var v struct {
		post
		Clips soft[music] `json:"clips_metadata"`
		Music soft[music] `json:"music_metadata"`
	}
	if err := object(data, &v); err != nil {
		return err
	}
	if err := v.fill(e, rec); err != nil {
		return err
	}
	rec.Links = term.LinksIn(nil, rec.Text)
	addMetric(rec, "comments", v.Comments)
	addMetric(rec, "views", v.IGPlays, v.Plays, v.Views)
	for _, m := range []music{v.Clips.V, v.Music.V} {
		if a := m.Info.V.Asset.V; a.Cluster != "" || a.ID != "" || a.Title != "" {
			rec.Sound = &term.SoundRef{ID: first(a.Cluster, a.ID), Title: string(a.Title), Artist: string(a.Artist)}
			break
		}
		if o := m.Original.V; o.ID != "" || o.Title != "" {
			rec.Sound = &term.SoundRef{ID: string(o.ID), Title: string(o.Title), Artist: string(o.Artist)}
			break
		}
	}
	return nil
}

func readThreads(data []byte, e *envelope, rec *term.Record) error {
	type thread struct {
		post
		App soft[struct {
			Replies count `json:"direct_reply_count"`
			Reposts count `json:"repost_count"`
			Quotes  count `json:"quote_count"`
			Topic   soft[struct {
				Name text `json:"display_name"`
			}] `json:"tag_header"`
			Link soft[struct {
				URL text `json:"url"`
			}] `json:"link_preview_attachment"`
		}] `json:"text_post_app_info"`
	}
	var v struct {
		thread
		Post *thread `json:"post"` // around which some lists have their own object
	}
	if err := object(data, &v); err != nil {
		return err
	}
	t := &v.thread
	if v.Post != nil {
		t = v.Post
	}
	if err := t.fill(e, rec); err != nil {
		return err
	}
	app := t.App.V
	rec.Tags = addText(rec.Tags, app.Topic.V.Name)
	rec.Links = term.LinksIn(addText(nil, app.Link.V.URL), rec.Text)
	addMetric(rec, "quotes", app.Quotes)
	addMetric(rec, "replies", app.Replies)
	addMetric(rec, "reposts", app.Reposts)
	return nil
}
