function Test-ExRunAudit {
    <#
    .SYNOPSIS
        Says whether the audit of a plan is as it was written, and which line is the first that is not.
    .DESCRIPTION
        Each line of an audit has the hash of the one before it, so that lines that were changed, removed, moved, doubled
        or cut off are found. A file that was written anew as a whole is whole: keep Head elsewhere, and give it back with
        -Head to find that too.

        Needs no connection.
    .PARAMETER Path
        The audit file; wildcards may be used.
    .PARAMETER Head
        The Head of an earlier look, which was kept elsewhere: a file that ends in another hash is not whole.
    .EXAMPLE
        if (-not (Test-ExRunAudit audit.jsonl).IsWhole) { exit 1 }

        Ends a script with 1 where the audit is not as it was written.
    .EXAMPLE
        $head = (Test-ExRunAudit audit.jsonl).Head
        Test-ExRunAudit audit.jsonl -Head $head

        Notes the last hash, and later finds out whether the file still ends in it.
    .OUTPUTS
        An object for each file with IsWhole, Fault (NotAnAudit, Changed, Removed, Reordered, Duplicated, CutOff or
        OtherHead; nothing where it is whole), Line, Message, Closed (Completed or Stopped), Items, Outcomes, Tenant, App,
        Plan (the SHA-256 of the plan), Made, Head and Path.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param(
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')] [ValidateNotNullOrEmpty()] [string[]] $Path,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Head
    )

    begin {
        Enter-Command -Cmdlet $PSCmdlet
    }

    process {
        foreach ($name in $Path) {
            foreach ($file in @(Find-File -Cmdlet $PSCmdlet -Path $name)) {
                Invoke-Guarded -Cmdlet $PSCmdlet -Do {
                    $request = @{ auditFile = $file }
                    if ($Head) { $request['head'] = $Head }
                    $found = Invoke-NativeOperation -Function 'exrun_audit_verify' -Request $request
                    return [pscustomobject] @{
                        IsWhole  = $found.isWhole
                        Fault    = $found.fault
                        Line     = $found.line
                        Message  = $found.message
                        Closed   = $found.closed
                        Items    = $found.items
                        Outcomes = $found.outcomes
                        Tenant   = $found.tenant
                        App      = $found.app
                        Plan     = $found.plan
                        Made     = $found.made
                        Head     = $found.head
                        Path     = $file
                    }
                }
            }
        }
    }
}
