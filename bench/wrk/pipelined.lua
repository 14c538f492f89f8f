-- Sixteen requests at a time on each connection: wrk counts them one by one, and takes the time of all of them.

local AT_A_TIME = 16

init = function()
  batch = string.rep(wrk.format(), AT_A_TIME)
end

request = function()
  return batch
end
