# No [CmdletBinding()] and no [Parameter()] here, for the reason that Invoke-Guarded has.
function Invoke-Attempt {
    <#
    .SYNOPSIS
        What a block gives, in Value, or why it failed: the exception in Failure, and the record of it in Record. No trace
        of it is left in $Error.
    .DESCRIPTION
        For what may fail without the command's failing with it. Who calls looks at Failure, and needs no catch block.
    #>
    param([scriptblock] $Do)

    try {
        return @{ Value = & $Do; Failure = $null; Record = $null }
    } catch {
        Remove-CaughtError -Exception $_.Exception
        return @{ Value = $null; Failure = $_.Exception; Record = $_ }
    }
}
