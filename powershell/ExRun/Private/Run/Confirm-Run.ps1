function Confirm-Run {
    <#
    .SYNOPSIS
        Asks whether a run may do what it is about to, naming as whom and in which tenant. Returns the Session for it, and
        the Maximum of mailboxes that was agreed to where they were listed; nothing where it may not, or where only that
        is said.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # How many mailboxes were given.
        [Parameter(Mandatory = $true)] [int] $Count,
        # What is to be done.
        [Parameter(Mandatory = $true)] [string] $Action,
        # Only says what would be done.
        [switch] $DryRun,
        # What Read-UndoFile gave, of a run that restores: whose tenant it is not of is refused, and not asked.
        [AllowNull()] [hashtable] $Undo,
        # What it is about, where that is known without counting mailboxes.
        [string] $Target
    )

    $attempt = Invoke-Attempt -Teller $Cmdlet -Do { Open-RunSession -Cmdlet $Cmdlet -Bound $Bound -Undo $Undo }
    $session = $attempt.Value
    if ($null -ne $attempt.Failure) {
        $failure = New-ErrorRecord -Cmdlet $Cmdlet -Failure $attempt.Record
        # Nothing is sent here: whoever cannot sign in may still see what would be done, but not under another's name.
        $isOfOther = [string] $failure.Exception.Data['name'] -in 'ConnectionChanged', 'ConnectionMissing', 'InvalidArgument', 'TenantMismatch', 'TenantNotFound'
        if (-not $DryRun -or $isOfOther) { $Cmdlet.ThrowTerminatingError($failure) }
        $Cmdlet.WriteWarning(('as whom it would be done is not known: {0}' -f $failure.Exception.Message))
    } else {
        $Action += ', as ' + (Format-Actor -Session $session)
    }
    $about = @{ Text = $Target; Count = $Count; IsListed = $false }
    if (-not $Target) { $about = Get-RunTarget -Cmdlet $Cmdlet -Bound $Bound -Count $Count -Session $session }
    $isAgreed = $false
    try {
        $isAgreed = $Cmdlet.ShouldProcess($about.Text, $Action)
    } finally {
        if (-not $isAgreed) { Close-Session -Session $session }
    }
    if ($isAgreed) { return @{ Session = $session; Maximum = $(if ($about.IsListed) { [Math]::Max($about.Count, 1) }) } }
}
