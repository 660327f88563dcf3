"""placeholder"""
def endpoint_from_environment(): return None
def write_answer(*a): raise NotImplementedError
