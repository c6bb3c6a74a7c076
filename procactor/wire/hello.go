package wire

import "encoding/binary"

// magic begins every HELLO, so that a stream that is not Proctor's is known
// for one at its first bytes.
const magic = "PROCTOR\x00"

// Hello is what each side says first. The parent does not wait for the worker's.
type Hello struct {
	Version Version
	Limits  Limits // zero fields are sent as their defaults
	Build   string // identifies the program; empty: unknown. Equal builds have equal tasks
	Tasks   []TaskInfo
	Ext     Map // additions of later minors; unknown keys are ignored
}

// TaskInfo is one task that a worker serves. A parent's HELLO lists the tasks
// that it means to call, or none.
type TaskInfo struct {
	Name       string // not empty, not listed twice
	Stream     bool   // answers by ITEMs and an END instead of a REPLY
	Idempotent bool   // may be delivered again after a crash
	Concurrent uint32 // calls of this task that may run at once; zero is read as one
	Input      string // codec of the request's body, such as "cbor"
	Output     string // codec of the bodies of REPLY and ITEM
	Error      string // codec of the body of ERROR; empty: errors have no body
}

const (
	taskStream     = 1 << 0
	taskIdempotent = 1 << 1
)

// Task returns the task of that name, and whether h lists it.
func (h Hello) Task(name string) (TaskInfo, bool) {
	for _, t := range h.Tasks {
		if t.Name == name {
			return t, true
		}
	}
	return TaskInfo{}, false
}

// AppendHello appends the payload of a HELLO, or returns dst unchanged with a
// [*LimitError] or [*FormatError] for one that the other side would refuse.
func AppendHello(dst []byte, h Hello) ([]byte, error) {
	start := len(dst)
	l := h.Limits.OrDefault()
	if err := h.check(l); err != nil {
		return dst, err
	}
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint16(dst, h.Version.Major)
	dst = binary.LittleEndian.AppendUint16(dst, h.Version.Minor)
	dst = binary.LittleEndian.AppendUint32(dst, l.MaxFrame)
	dst = binary.LittleEndian.AppendUint64(dst, l.MaxBody)
	dst = binary.LittleEndian.AppendUint32(dst, l.Window)
	dst = appendStr(dst, h.Build)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(h.Tasks)))
	for _, t := range h.Tasks {
		dst = appendTask(dst, t)
	}
	w := beginMap(KindHello, dst)
	w.pairs(h.Ext)
	dst, err := w.end()
	if err == nil && len(dst)-start > MaxHello {
		err = &LimitError{What: BoundHello, Limit: MaxHello, Size: uint64(len(dst) - start)}
	}
	if err != nil {
		return dst[:start], err
	}
	return dst, nil
}

func appendTask(dst []byte, t TaskInfo) []byte {
	var flags byte
	if t.Stream {
		flags |= taskStream
	}
	if t.Idempotent {
		flags |= taskIdempotent
	}
	dst = append(appendStr(dst, t.Name), flags)
	dst = binary.LittleEndian.AppendUint32(dst, max(t.Concurrent, 1))
	dst = appendStr(dst, t.Input)
	dst = appendStr(dst, t.Output)
	return appendStr(dst, t.Error)
}

// check says why the other side would refuse h.
func (h Hello) check(l Limits) error {
	if err := l.Check(); err != nil {
		return err
	}
	if err := checkName(KindHello, "build", h.Build); err != nil {
		return err
	}
	if len(h.Tasks) > MaxTasks {
		return &LimitError{What: BoundTasks, Limit: MaxTasks, Size: uint64(len(h.Tasks))}
	}
	seen := make(map[string]bool, len(h.Tasks))
	for _, t := range h.Tasks {
		for _, name := range [...]string{t.Name, t.Input, t.Output, t.Error} {
			if err := checkName(KindHello, "task", name); err != nil {
				return err
			}
		}
		if t.Name == "" {
			return &FormatError{Kind: KindHello, Field: "task", Problem: ProblemEmpty}
		}
		if seen[t.Name] {
			return &FormatError{Kind: KindHello, Field: "task", Problem: ProblemDuplicate}
		}
		seen[t.Name] = true
	}
	return nil
}

// ParseHello reads the payload of a HELLO; nothing of it aliases b. Of a HELLO
// with another major version only the Version is read, since the rest may
// have any layout: [Agree] then names both versions. Limits above [HardLimit]
// are read as that, unknown flags of tasks are ignored.
func ParseHello(b []byte) (Hello, error) {
	if len(b) > MaxHello {
		return Hello{}, &LimitError{What: BoundHello, Limit: MaxHello, Size: uint64(len(b))}
	}
	c := cursor{kind: KindHello, b: b}
	if m := c.take("magic", len(magic)); c.err == nil && string(m) != magic {
		c.fail("magic", 0, ProblemMagic)
	}
	var h Hello
	h.Version = Version{Major: c.u16("major"), Minor: c.u16("minor")}
	if c.err == nil && h.Version.Major != Current().Major {
		return h, nil
	}
	l := Limits{MaxFrame: c.u32("max frame"), MaxBody: c.u64("max body"), Window: c.u32("window")}
	h.Limits = l.Min(Limits{MaxFrame: HardLimit, MaxBody: HardLimit, Window: HardLimit})
	if c.err == nil {
		c.err = h.Limits.Check()
	}
	h.Build = string(c.name("build"))
	h.Tasks = c.tasks()
	h.Ext = c.fields("extensions").Map()
	if err := c.end(); err != nil {
		return Hello{}, err
	}
	return h, nil
}

// tasks grows its list with the tasks that are there, not with the count.
func (c *cursor) tasks() []TaskInfo {
	n := c.u32("tasks")
	if c.err == nil && n > MaxTasks {
		c.limit(BoundTasks, MaxTasks, uint64(n))
	}
	if c.err != nil || n == 0 {
		return nil
	}
	var tasks []TaskInfo
	seen := map[string]bool{}
	for range n {
		at := c.off
		name := string(c.name("task"))
		flags := c.u8("task flags")
		t := TaskInfo{
			Name:       name,
			Stream:     flags&taskStream != 0,
			Idempotent: flags&taskIdempotent != 0,
			Concurrent: max(c.u32("concurrent"), 1),
			Input:      string(c.name("input codec")),
			Output:     string(c.name("output codec")),
			Error:      string(c.name("error codec")),
		}
		if c.err == nil && name == "" {
			c.fail("task", at, ProblemEmpty)
		}
		if seen[name] {
			c.fail("task", at, ProblemDuplicate)
		}
		if c.err != nil {
			return nil
		}
		seen[name] = true
		tasks = append(tasks, t)
	}
	return tasks
}
