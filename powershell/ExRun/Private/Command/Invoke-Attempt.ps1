# How many attempts of this runspace are under way, for which command, and why the last of them failed that Stop-Attempt ended.
$script:Attempts = 0
$script:AttemptCmdlet = $null
$script:AttemptFailure = $null

# No [CmdletBinding()] and no [Parameter()] here, for the reason that Invoke-Guarded has.
function Invoke-Attempt {
    <#
    .SYNOPSIS
        What a block gives, in Value, or why it failed: the exception in Failure, and in Record what New-ErrorRecord makes
        an error of.
    .DESCRIPTION
        The one place where a failure of this module arrives. It comes by Stop-Attempt, which leaves no trace of it in
        $Error and -ErrorVariable. What was thrown instead is not the module's own: code of whoever called, .NET, or a
        cmdlet. A block says what a person has to know by Write-Told.
    #>
    param(
        [scriptblock] $Do,
        # The command that speaks for it; by default that of the attempt around this one.
        [System.Management.Automation.PSCmdlet] $Teller
    )

    $attempted = @{ Value = $null; Failure = $null; Record = $null }
    $emitted = [System.Collections.Generic.List[object]]::new()
    $around = $script:AttemptCmdlet
    if ($null -ne $Teller) { $script:AttemptCmdlet = $Teller }
    $script:AttemptFailure = $null
    $script:Attempts++
    try {
        :ExRunAttempt do {
            # By a pipeline of its own: even of a break the command's own would tell its -ErrorVariable. And into a list:
            # an assignment that a break leaves emits what it had collected, before the failure.
            & $Do | & { process { $emitted.Add($_) } }
            $attempted.Value = if ($emitted.Count -gt 1) { , $emitted.ToArray() } elseif ($emitted.Count -eq 1) { , $emitted[0] }
            return $attempted
        } while ($false)
        $attempted.Failure = $script:AttemptFailure
        $attempted.Record = $script:AttemptFailure
    } catch {
        # Ctrl+C in a block of the caller's comes wrapped up.
        if ($_.Exception.GetBaseException() -is [System.Management.Automation.PipelineStoppedException]) { throw }
        $attempted.Failure = $_.Exception
        $attempted.Record = $_
    } finally {
        $script:Attempts--
        $script:AttemptCmdlet = $around
    }
    return $attempted
}
