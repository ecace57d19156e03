"""The pure core: values and judgement, without sockets, files, clocks or text formats."""
